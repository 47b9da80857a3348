/** An int8 version of an installed model, with what it loses and gains measured on the sample clip. */
import { join } from 'node:path';
import { type LossProbe, type MeasuredLoss, measureLoss } from '../../engine/model/quantize/measure-loss.ts';
import { quantizeBundle } from '../../engine/model/quantize/quantize-bundle.ts';
import { findModel, resolveModel } from '../model-catalog.ts';
import { samplePrompt } from '../sample.ts';

/** Below this the 7-bit version is tried: processors without VNNI saturate at full range. */
const suspiciousIou = 0.95;
const measuredFrames = 12;

/** The sample's own prompt, tracked for some frames. */
export const sampleProbe = (clip: string, frames: number): LossProbe => {
  const { frame, points } = samplePrompt;
  const prompt = { points: points.map(({ x, y }): [number, number] => [x, y]), labels: points.map(({ label }) => label), box: null };
  return { clip, frame, frames, prompt };
};

export interface QuantizedModel {
  dir: string;
  bits: 7 | 8;
  loss: MeasuredLoss;
}

/**
 * @param spec "<id>", "<id>@<image size>" or a bundle's folder
 * @param out the new bundle's folder; by default beside the installed weights
 * @throws AppError as `resolveModel` and `quantizeBundle`
 */
export const quantizeModel = async (
  spec: string,
  paths: { models: string; installed: string; sampleClip: string },
  out?: string,
): Promise<QuantizedModel> => {
  const found = await findModel(paths.models, spec);
  const dir = await resolveModel(paths.models, spec, paths.installed);
  const outDir = out ?? ('dir' in found ? `${found.dir}-int8` : join(paths.installed, found.model.id, `${found.imageSize}-int8`));
  const probe = sampleProbe(paths.sampleClip, measuredFrames);
  const make = async (bits: 7 | 8): Promise<QuantizedModel> => {
    await quantizeBundle(dir, outDir, bits);
    return { dir: outDir, bits, loss: await measureLoss(dir, outDir, probe) };
  };
  const full = await make(8);
  if (full.loss.meanIou >= suspiciousIou) return full;
  const careful = await make(7);
  return careful.loss.meanIou > full.loss.meanIou ? careful : make(8);
};
