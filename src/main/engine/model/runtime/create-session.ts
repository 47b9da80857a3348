/** Opens one graph in ONNX Runtime. */
import { basename } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import type { Provider } from '../../api/providers.ts';
import { sessionOptions } from './providers.ts';

/**
 * Graphs may compute in fp16 but take and give fp32: where JavaScript has `Float16Array` (Node 24, Electron),
 * onnxruntime-node fails on fp16 tensors with "not enough space".
 */
const refuseHalfFloats = (path: string, session: InferenceSession): void => {
  for (const value of [...session.inputMetadata, ...session.outputMetadata]) {
    if (value.isTensor && value.type === 'float16') {
      throw new AppError(
        'model-mismatch',
        `${basename(path)} takes or gives 16-bit floats ("${value.name}"), which are not supported. Export the model with 32-bit inputs and outputs.`,
      );
    }
  }
};

/**
 * @throws AppError `model-mismatch` for 16-bit inputs or outputs; whatever ONNX Runtime throws for a graph it can't
 *   load
 */
export const openSession = async (path: string, provider: Provider, threads: number): Promise<InferenceSession> => {
  const session = await InferenceSession.create(path, sessionOptions(provider, threads));
  try {
    refuseHalfFloats(path, session);
  } catch (error) {
    await session.release();
    throw error;
  }
  return session;
};
