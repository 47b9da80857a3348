/**
 * What the decoder offers each object of a batch: four candidates, whose masks are drawn for the objects that need
 * them, with the memories of those that go on.
 */
import { storedMemory } from './bf16.ts';
import type { TrackerConstants } from './constants.ts';
import type { CandidateOutput, DecodeOutput, DrawnMasks, WantedMasks } from './graphs.ts';

export class DecodedObjects implements CandidateOutput {
  readonly ious: Float32Array;
  readonly pointers: Float32Array;
  readonly objectLogit: Float32Array;
  readonly #pixels: number;
  readonly #draw: (wanted: readonly WantedMasks[]) => Promise<readonly DrawnMasks[]>;
  /** By object, [4, 4h, 4h]. */
  readonly #masks: (Float32Array | undefined)[] = [];
  /** By object and candidate, [h*h, Cm]. */
  readonly #memories = new Map<string, Float32Array>();

  constructor(
    { logitSize }: TrackerConstants,
    { ious, pointers, objectLogit }: CandidateOutput,
    draw: (wanted: readonly WantedMasks[]) => Promise<readonly DrawnMasks[]>,
  ) {
    this.ious = ious;
    this.pointers = pointers;
    this.objectLogit = objectLogit;
    this.#pixels = logitSize ** 2;
    this.#draw = draw;
  }

  /** Of a decoder that drew all masks at once. */
  static drawn(constants: TrackerConstants, output: DecodeOutput): DecodedObjects {
    const objects = new DecodedObjects(constants, output, () => Promise.reject(new Error('all masks are there')));
    const length = 4 * objects.#pixels;
    for (let entry = 0; entry < objects.batch; entry++) objects.#masks[entry] = output.masks.subarray(entry * length, (entry + 1) * length);
    return objects;
  }

  get batch(): number {
    return this.objectLogit.length;
  }

  /** Draws the masks of these objects, where they are not there yet. */
  async draw(wanted: readonly WantedMasks[]): Promise<void> {
    const missing = wanted.filter(({ entry }) => !this.#masks[entry]);
    if (missing.length === 0) return;
    const drawn = await this.#draw(missing);
    missing.forEach(({ entry, remember }, index) => {
      const { masks, memories } = drawn[index]!;
      this.#masks[entry] = masks;
      remember.forEach((candidate, at) => {
        if (memories) this.#memories.set(`${entry}:${candidate}`, storedMemory(memories[at]!));
      });
    });
  }

  /** [h*h, Cm] of a candidate's mask, ready to be remembered; null where it was not made with it. */
  memory(entry: number, candidate: number): Float32Array | null {
    return this.#memories.get(`${entry}:${candidate}`) ?? null;
  }

  /** [4h * 4h] raw logits of a candidate (0..3), a view. The object must have been drawn. */
  logits(entry: number, candidate: number): Float32Array {
    const masks = this.#masks[entry];
    if (!masks) throw new Error(`no masks were drawn of object ${entry} of the batch`);
    return masks.subarray(candidate * this.#pixels, (candidate + 1) * this.#pixels);
  }
}
