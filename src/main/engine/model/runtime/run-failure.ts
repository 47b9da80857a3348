/** What the user is told of a graph that stopped. */
import { AppError } from '../../../../shared/errors.ts';
import type { RunGraph } from '../../../../shared/manifest.ts';

export const runFailure = (graph: RunGraph, error: unknown): AppError =>
  new AppError(
    'inference-failed',
    `The model stopped in ${graph}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}. Try another model or the CPU provider.`,
    { cause: error },
  );
