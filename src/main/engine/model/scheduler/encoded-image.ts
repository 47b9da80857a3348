/** What the image encoder makes of a frame. */
import type { Tensor } from 'onnxruntime-node';
import type { Tensors } from '../runtime/tensor-batches.ts';

export interface EncodedImage {
  /** [1, C / 8, 4h, 4h] */
  s0: Tensor;
  /** [1, C / 4, 2h, 2h] */
  s1: Tensor;
  /** [1, C, h, h] */
  top: Tensor;
  /** `top` plus no_mem_embed (rule 6). */
  topInit: Tensor;
  /** What the attention takes of the image, once it was asked for. */
  forAttention?: Promise<Tensors>;
  /** Whose frame it is. */
  owner: object;
}

export const encodedImage = (outputs: Tensors, owner: object): EncodedImage => ({
  s0: outputs.s0!,
  s1: outputs.s1!,
  top: outputs.top!,
  topInit: outputs.top_init!,
  owner,
});
