/** The model and the sequences of a comparison. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Precision, precisionNames } from '../../src/main/engine/api/providers.ts';
import { openBundle } from '../../src/main/engine/model/bundle/bundle.ts';
import { constantsOf, graphPathsOf, OnnxGraphs } from '../../src/main/engine/model/graphs/onnx-graphs.ts';
import { chooseProviders } from '../../src/main/engine/model/runtime/providers.ts';
import type { TrackerConstants } from '../../src/main/engine/tracking/constants.ts';
import { tolerateTensorGarbage } from '../../src/main/engine/worker/tensor-garbage.ts';
import { appPaths } from '../../src/main/services/base/app-paths.ts';
import { resolveModel } from '../../src/main/services/models/model-catalog.ts';
import type { Manifest } from '../../src/shared/manifest.ts';
import { defaultSettings } from '../../src/shared/settings.ts';
import { listSequences, type Sequence } from '../davis-sequences.ts';

/** What every comparison is told: a folder of sequences, a model, and `full` or `fast`. */
export const benchOptions = {
  data: { type: 'string' },
  model: { type: 'string', default: 'nano' },
  precision: { type: 'string' },
} as const;

/** The annotated sequences of a folder; those named, or all. Exits with a message when there are none. */
export const sequencesOf = ({ data, sequences }: { data?: string | undefined; sequences?: string | undefined }): Sequence[] => {
  const folder = resolve(data ?? join(import.meta.dirname, '../../../shared/data/video/val'));
  const listed = existsSync(folder) ? listSequences(folder) : [];
  const names = sequences?.split(',');
  const wanted = listed.filter(({ name }) => !names || names.includes(name));
  if (wanted.length > 0) return wanted;
  const known = listed.length > 0 ? ` There are ${listed.map(({ name }) => name).join(', ')}.` : '';
  console.error(`There are no such sequences in ${folder}.${known} Give a folder of NAME/frames and NAME/masks with --data.`);
  process.exit(1);
};

/** `--precision`, with the app's default. Exits with a message for another word. */
export const precisionOf = (name: string = defaultSettings['engine.precision']): Precision => {
  const found = precisionNames.find((known) => known === name);
  if (found) return found;
  console.error(`There is no precision "${name}". Known: ${precisionNames.join(', ')}.`);
  process.exit(1);
};

export const openBench = async (options: {
  model: string;
  threads?: number | undefined;
  /** full or fast, see {@link precisionOf} */
  precision?: string | undefined;
  /** As the app runs: the next image encoded beside the present frame. */
  usesHelper?: boolean;
}): Promise<{ onnx: OnnxGraphs; constants: TrackerConstants; manifest: Manifest; title: string }> => {
  // As the engine's process does.
  tolerateTensorGarbage();
  const bundle = await openBundle(await resolveModel(appPaths().models, options.model));
  const constants = constantsOf(bundle.manifest);
  const choice = chooseProviders('auto', options.threads, precisionOf(options.precision));
  const onnx = await OnnxGraphs.load(graphPathsOf(bundle), constants, choice, { usesHelper: options.usesHelper ?? false });
  return {
    onnx,
    constants,
    manifest: bundle.manifest,
    title: `${bundle.manifest.name} ${bundle.manifest.version}, ${onnx.provider}, images encoded in ${onnx.encoderPrecision}`,
  };
};
