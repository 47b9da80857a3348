/** What one thread does for one object: a graph, or several of which the next takes what the one before it gave. */
import { Tensor } from 'onnxruntime-node';
import { batchOf, type Tensors, unstack } from '../runtime/tensor-batches.ts';
import type { HelperGraph } from './helper-protocol.ts';

/** The name of such work. */
export type Work = HelperGraph | 'attendAndDecode' | 'drawAndRemember';

type Run = (graph: HelperGraph, feeds: Tensors) => Promise<Tensors>;

/** What `drawAndRemember` is told beside the graphs' inputs: the candidates to remember, int64 [K], K >= 0. */
export const rememberedAs = (candidates: readonly number[]): Tensor =>
  new Tensor('int64', BigInt64Array.from(candidates, BigInt), [candidates.length]);

/** @returns `masks` [1, 4, 4h, 4h], and where there is something to remember `memory` [K, h*h, Cm] */
const drawAndRemember = async (run: Run, { image, mixes, s0, s1, remembered, ...encoded }: Tensors): Promise<Tensors> => {
  const { masks } = (await run('maskUpscaler', { image: image!, mixes: mixes!, s0: s0!, s1: s1! })) as { masks: Tensor };
  const [, candidates, ...plane] = masks.dims;
  const drawn = unstack({ logits: new Tensor('float32', masks.data as Float32Array, [candidates!, 1, ...plane]) });
  const memories: Tensor[] = [];
  for (const candidate of remembered!.data as BigInt64Array) {
    memories.push((await run('memoryEncoder', { ...encoded, ...drawn[Number(candidate)] })).memory!);
  }
  return memories.length > 0 ? { masks, memory: batchOf(memories) } : { masks };
};

export const runWork = async (work: Work, run: Run, feeds: Tensors): Promise<Tensors> => {
  if (work === 'attendAndDecode') return run('candidateDecoder', await run('memoryAttention', feeds));
  if (work === 'drawAndRemember') return drawAndRemember(run, feeds);
  return run(work, feeds);
};
