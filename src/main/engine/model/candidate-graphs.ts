/** The decoder of frames without a prompt, in its two graphs: what is said of the candidates of each object, and the masks of those that are wanted. */
import type { Tensor } from 'onnxruntime-node';
import type { CandidateOutput } from '../tracking/graphs.ts';
import { apart, batchOf, together } from './batch-parts.ts';
import type { GraphRunner, Tensors } from './graph-runner.ts';

interface OnnxCandidates extends CandidateOutput {
  /** Per object, what its masks are made of. */
  readonly forMasks: readonly Tensors[];
}

export class CandidateGraphs {
  readonly #runner: GraphRunner;
  readonly #isDealtOut: boolean;

  /** @param isDealtOut several objects are run one by one, by whichever lane is free; otherwise as a batch */
  constructor(runner: GraphRunner, isDealtOut: boolean) {
    this.#runner = runner;
    this.#isDealtOut = isDealtOut;
  }

  /** @param pix [B, C, h, h] */
  async decode(pix: Tensor): Promise<CandidateOutput> {
    const objects = await this.#run('candidateDecoder', {}, apart({ pix }));
    const all = (name: string): Float32Array => batchOf(objects.map((own) => own[name]!)).data as Float32Array;
    const candidates: OnnxCandidates = {
      ious: all('ious'),
      pointers: all('pointers'),
      objectLogit: all('object_logit'),
      forMasks: objects.map(({ image, mixes }) => ({ image: image!, mixes: mixes! })),
    };
    return candidates;
  }

  /** @param image s0 and s1 of the frame. @returns [4, 4h, 4h] for each entry */
  async draw(image: Tensors, candidates: CandidateOutput, entries: readonly number[]): Promise<Float32Array[]> {
    const { forMasks } = candidates as OnnxCandidates;
    const drawn = await this.#run(
      'maskUpscaler',
      image,
      entries.map((entry) => forMasks[entry]!),
    );
    return drawn.map(({ masks }) => masks!.data as Float32Array);
  }

  /** @param shared what is the same for all. @returns per object */
  async #run(graph: 'candidateDecoder' | 'maskUpscaler', shared: Tensors, objects: readonly Tensors[]): Promise<Tensors[]> {
    if (this.#isDealtOut && objects.length > 1) return this.#runner.runForEach(graph, shared, objects);
    return apart(await this.#runner.run(graph, { ...shared, ...together(objects) }));
  }
}
