/** Runs a detector: a picture goes in, boxes with classes come out. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { DetectorManifest } from '../../../shared/detector-manifest.ts';
import { AppError } from '../../../shared/errors.ts';
import type { DetectorBundle } from '../model/bundle/detector-bundle.ts';
import { openSession } from '../model/runtime/create-session.ts';
import type { ProviderChoice } from '../model/runtime/providers.ts';
import { letterbox, type Rgb } from './letterbox.ts';
import { type Detection, suppress } from './suppress.ts';

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

export class Detector {
  readonly manifest: DetectorManifest;
  readonly provider: string;
  readonly #session: InferenceSession;

  private constructor(manifest: DetectorManifest, provider: string, session: InferenceSession) {
    this.manifest = manifest;
    this.provider = provider;
    this.#session = session;
  }

  /**
   * Providers are tried one by one, as for other models.
   * @throws AppError `model-corrupt` where none takes the graph
   */
  static async open({ manifest, graphFile }: DetectorBundle, { order, threads }: ProviderChoice): Promise<Detector> {
    const refused: string[] = [];
    for (const provider of order) {
      try {
        return new Detector(manifest, provider, await openSession(graphFile, provider, threads));
      } catch (error) {
        if (error instanceof AppError) throw error;
        refused.push(`${provider}: ${firstLine(error)}`);
      }
    }
    throw new AppError('model-corrupt', `${manifest.name} could not be loaded (${refused.join('; ')}). Install the app again.`);
  }

  /**
   * Boxes in shares of the picture, best first, each thing once.
   * @param picture may be stretched, as the tracker's image is @param shape width / height of the source
   * @param score least score, the manifest's by default
   * @throws AppError `inference-failed`
   */
  async detect(picture: Rgb, shape: number, score = this.manifest.score): Promise<Detection[]> {
    const { imageSize, overlap, classes } = this.manifest;
    const { data, scaleX, scaleY } = letterbox(picture, shape, imageSize);
    const { boxes, scores, kinds } = await this.#run(data);
    const inside = (value: number): number => Math.min(1, Math.max(0, value));
    const found = Array.from(scores, (value, i) => ({
      left: inside(boxes[i * 4]! / scaleX),
      top: inside(boxes[i * 4 + 1]! / scaleY),
      right: inside(boxes[i * 4 + 2]! / scaleX),
      bottom: inside(boxes[i * 4 + 3]! / scaleY),
      score: value,
      classIndex: kinds[i]!,
    }));
    const whole = found.filter(
      (one) => one.score >= score && one.classIndex < classes.length && one.right > one.left && one.bottom > one.top,
    );
    return suppress(whole, overlap);
  }

  async #run(data: Uint8Array): Promise<{ boxes: Float32Array; scores: Float32Array; kinds: Int32Array }> {
    const { imageSize, name } = this.manifest;
    try {
      const { boxes, scores, classes } = await this.#session.run({ image: new Tensor('uint8', data, [1, imageSize, imageSize, 3]) });
      return { boxes: boxes!.data as Float32Array, scores: scores!.data as Float32Array, kinds: classes!.data as Int32Array };
    } catch (error) {
      throw new AppError('inference-failed', `${name} stopped: ${firstLine(error)}. Try the CPU provider.`, { cause: error });
    }
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
