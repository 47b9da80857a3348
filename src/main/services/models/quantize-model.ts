/** An int8 version of an installed model, with what it loses and gains measured on the sample clip. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { graphNames } from '../../../shared/manifest.ts';
import { checkOutputs, filesIn } from '../../common/check-outputs.ts';
import type { LossProbe, MeasuredLoss } from '../../engine/api/measured-loss.ts';
import { measureLoss, quantizeBundle } from '../../engine/api/models.ts';
import { samplePrompt } from '../base/sample-prompt.ts';
import { findModel, resolveModel } from './model-catalog.ts';

/** Below this the 7-bit version is tried: processors without VNNI saturate at full range. */
const suspiciousIou = 0.95;
const measuredFrames = 12;

/** Graphs that every model has; one with more of them counts a little further. */
const graphSteps = 4;
const silent = { signal: new AbortController().signal, onProgress: () => {} };

/** The sample's own prompt, tracked for some frames. */
export const sampleProbe = (clip: string, frames: number): LossProbe => ({ clip, frames, ...samplePrompt });

export interface QuantizedModel {
  dir: string;
  bits: 7 | 8;
  loss: MeasuredLoss;
}

/**
 * @param spec "<id>", "<id>@<image size>" or a bundle's folder
 * @param out the new bundle's folder, by default beside the installed weights, and whether a former one there may be
 *   replaced
 * @param onProgress graphs written and frames compared, of as many
 * @throws AppError as `resolveModel`, `checkOutputs` and `quantizeBundle`; `cancelled`, and then nothing new is left
 */
export const quantizeModel = async (
  spec: string,
  paths: { models: string; installed: string; sampleClip: string },
  out?: { folder?: string | undefined; overwrite?: boolean | undefined },
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number, total: number) => void } = silent,
): Promise<QuantizedModel> => {
  const found = await findModel(paths.models, spec);
  const dir = await resolveModel(paths.models, spec, paths.installed);
  const outDir = out?.folder ?? ('dir' in found ? `${found.dir}-int8` : join(paths.installed, found.model.id, `${found.imageSize}-int8`));
  await checkOutputs({
    inputs: (await readdir(dir)).map((name) => join(dir, name)),
    outputs: filesIn(outDir, ['manifest.json', ...graphNames.map((name) => `${name}.onnx`)]),
    overwrite: out?.overwrite ?? false,
  });
  const probe = sampleProbe(paths.sampleClip, measuredFrames);
  let done = 0;
  let total = 0;
  const run = { signal, onStep: () => onProgress(++done, total) };
  const make = async (bits: 7 | 8): Promise<QuantizedModel> => {
    total += graphSteps + 2 * measuredFrames;
    const { graphs } = await quantizeBundle(dir, outDir, bits, run);
    try {
      return { dir: outDir, bits, loss: await measureLoss(dir, outDir, probe, run) };
    } catch (error) {
      // What it loses is not known, so it is not to be used. The folder may hold other things of the user's.
      const files = ['manifest.json', ...Object.values(graphs).flatMap((graph) => (graph ? [graph.file] : []))];
      await Promise.all(files.map((file) => rm(join(outDir, file), { force: true })));
      throw error;
    }
  };
  const full = await make(8);
  if (full.loss.meanIou >= suspiciousIou) return full;
  const careful = await make(7);
  return careful.loss.meanIou > full.loss.meanIou ? careful : make(8);
};
