/**
 * The decoder of frames without a prompt, in its two graphs: what is said of the candidates of each object, and the
 * masks of those that are wanted.
 */
import { Tensor } from 'onnxruntime-node';
import type { AttendInput, CandidateOutput, DrawnMasks, WantedMasks } from '../../tracking/graphs.ts';
import { batchOf, type Tensors, unstack } from '../runtime/tensor-batches.ts';
import type { GraphScheduler } from '../scheduler/graph-scheduler.ts';
import { rememberedAs } from '../scheduler/object-work.ts';
import type { Placement } from '../scheduler/placement.ts';
import type { AttentionGraphs } from './attention-graphs.ts';

interface OnnxCandidates extends CandidateOutput {
  /** Per object, what its masks are made of. */
  readonly forMasks: readonly Tensors[];
}

export class CandidateGraphs {
  readonly #scheduler: GraphScheduler;
  readonly #attention: AttentionGraphs;

  constructor(scheduler: GraphScheduler, attention: AttentionGraphs) {
    this.#scheduler = scheduler;
    this.#attention = attention;
  }

  /** @param image see {@link AttentionGraphs.attend} */
  async decode(image: Tensors, input: AttendInput): Promise<CandidateOutput> {
    const objects = await this.#attention.attend(image, input, 'attendAndDecode');
    const all = (name: string): Float32Array => batchOf(objects.map((own) => own[name]!)).data as Float32Array;
    const candidates: OnnxCandidates = {
      ious: all('ious'),
      pointers: all('pointers'),
      objectLogit: all('object_logit'),
      forMasks: objects.map(({ image, mixes }) => ({ image: image!, mixes: mixes! })),
    };
    return candidates;
  }

  /** @param image s0, s1 and top of the frame */
  async draw(image: Tensors, candidates: CandidateOutput, wanted: readonly WantedMasks[]): Promise<DrawnMasks[]> {
    const { forMasks, objectLogit } = candidates as OnnxCandidates;
    const placement = this.#scheduler.placementOf('drawAndRemember');
    if (placement === 'batch') {
      const { top: _, ...fine } = image;
      const objects = wanted.map(({ entry }) => forMasks[entry]!);
      const drawn = await this.#scheduler.runForEach('maskUpscaler', fine, objects);
      return drawn.map(({ masks }) => ({ masks: masks!.data as Float32Array, memories: null }));
    }
    const parts = inParts(wanted, placement);
    const each = parts.map(({ entry, remember }) => ({
      ...forMasks[entry]!,
      remembered: rememberedAs(remember),
      binarize: new Tensor('float32', [0], [1]),
      object_logit: new Tensor('float32', [objectLogit[entry]!], [1]),
    }));
    const drawn = await this.#scheduler.runForEach('drawAndRemember', image, each);
    return wanted.map((object) => {
      const own = drawn.filter((_, index) => parts[index]!.object === object);
      return {
        masks: own[0]!.masks!.data as Float32Array,
        memories: own.flatMap(({ memory }) => (memory ? unstack({ memory }) : [])).map(({ memory }) => memory!.data as Float32Array),
      };
    });
  }
}

/**
 * A single object to remember more candidates of than this is drawn once for every so many, so that two threads have
 * something to share.
 */
const rememberedInOne = 2;

/** What is most work first: this thread takes that. */
const inParts = (wanted: readonly WantedMasks[], placement: Placement): (WantedMasks & { object: WantedMasks })[] => {
  const inOne = wanted.length === 1 && placement === 'both threads' ? rememberedInOne : Number.POSITIVE_INFINITY;
  return wanted
    .flatMap((object) =>
      Array.from({ length: Math.max(1, Math.ceil(object.remember.length / inOne)) }, (_, part) => ({
        object,
        entry: object.entry,
        remember: object.remember.slice(part === 0 ? 0 : part * inOne, (part + 1) * inOne),
      })),
    )
    .sort((a, b) => b.remember.length - a.remember.length);
};
