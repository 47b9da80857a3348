/**
 * Finds the tensor of every parameter that a manifest asks for, and says what is wrong with a checkpoint of another
 * model.
 */
import { AppError } from '../../../../shared/errors.ts';
import type { Manifest, WeightParameter } from '../../../../shared/manifest.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import type { Dtype } from './pickle-values.ts';
import { saveAgain, unsupported } from './refusal.ts';

const convertible: ReadonlySet<Dtype> = new Set(['float32', 'float16', 'bfloat16', 'float64']);

/** Initializer name -> tensor. Tensors that no parameter asks for are allowed. */
export function matchParameters(
  checkpoint: Checkpoint,
  parameters: Readonly<Record<string, WeightParameter>>,
  manifest: Pick<Manifest, 'name'>,
): Map<string, CheckpointTensor> {
  const matched = new Map<string, CheckpointTensor>();
  const problems: string[] = [];
  for (const [name, { key, shape }] of Object.entries(parameters)) {
    const tensor = checkpoint.tensors.get(key);
    if (tensor === undefined) problems.push(`"${key}" is missing`);
    else if (!isSameShape(tensor.shape, shape)) problems.push(`"${key}" is [${tensor.shape.join(', ')}] instead of [${shape.join(', ')}]`);
    else if (!convertible.has(tensor.dtype)) throw unsupported(`"${key}" holds ${tensor.dtype} numbers`, saveAgain, { key });
    else matched.set(name, tensor);
  }
  if (problems.length === 0) return matched;
  const shown = problems.slice(0, 3).join('; ');
  const rest = problems.length > 3 ? ` and ${problems.length - 3} more` : '';
  throw new AppError(
    'model-mismatch',
    `This checkpoint does not fit the model "${manifest.name}": ${shown}${rest}. Choose the checkpoint of this model.`,
    {
      details: { problems: problems.slice(0, 20), count: problems.length },
    },
  );
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
