/** What the user is told of a graph that stopped. */
import { AppError } from '../../../../shared/errors.ts';
import type { RunGraph } from '../../../../shared/manifest.ts';

/** As ONNX Runtime, CUDA, DirectML and JavaScript's own allocator say it. */
const memoryWords = /failed to allocate memory|out of memory|bad_alloc|not enough memory|E_OUTOFMEMORY|array buffer allocation failed/i;

export const runFailure = (graph: RunGraph, error: unknown): AppError => {
  const said = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  return memoryWords.test(said)
    ? new AppError('out-of-memory', `The memory is full: the model stopped in ${graph}. Close other programs or choose a smaller model.`, {
        cause: error,
      })
    : new AppError('inference-failed', `The model stopped in ${graph}: ${said}. Try another model or the CPU provider.`, { cause: error });
};
