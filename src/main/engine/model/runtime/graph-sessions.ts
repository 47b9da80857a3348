/**
 * Sessions of a bundle's graphs, each opened when it is first run: on the CPU the first click waits for what it needs
 * alone.
 */
import type { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import type { GraphName, RunGraph } from '../../../../shared/manifest.ts';
import type { Provider } from '../../api/providers.ts';
import { openSession } from './create-session.ts';

/** Where a graph's bytes are: a file path (external data beside it is found by ONNX Runtime). */
export type GraphPaths = Record<GraphName, string | undefined>;

type Opening = () => Promise<InferenceSession>;

export interface Sessions {
  /** null where the helper thread has it. */
  imageEncoder: Opening | null;
  memoryAttention: Opening;
  maskDecoder: Opening;
  memoryEncoder: Opening;
  /** null where the model has none. */
  maskPrompt: Opening | null;
  candidateDecoder: Opening | null;
  maskUpscaler: Opening | null;
  imageAttention: Opening | null;
  memoryReader: Opening | null;
}

export interface Releasable {
  release(): Promise<void>;
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
};

/**
 * @param paths without the image encoder where the helper thread has it
 * @param keep told of each session when it is opened
 */
export const sessionsOf = (
  paths: Record<RunGraph, string | undefined>,
  provider: Provider,
  threads: number,
  keep: (session: InferenceSession) => InferenceSession,
): Sessions => {
  const later = (path: string): Opening => once(async () => keep(await openSession(path, provider, threads)));
  return {
    imageEncoder: paths.imageEncoder ? later(paths.imageEncoder) : null,
    memoryAttention: later(paths.memoryAttention!),
    maskDecoder: later(paths.maskDecoder!),
    memoryEncoder: later(paths.memoryEncoder!),
    maskPrompt: paths.maskPrompt ? later(paths.maskPrompt) : null,
    candidateDecoder: paths.candidateDecoder ? later(paths.candidateDecoder) : null,
    maskUpscaler: paths.maskUpscaler ? later(paths.maskUpscaler) : null,
    imageAttention: paths.imageAttention ? later(paths.imageAttention) : null,
    memoryReader: paths.memoryReader ? later(paths.memoryReader) : null,
  };
};

/**
 * A graph that is opened after the model was loaded; its hash was right, so it is no damage that reading again would
 * mend.
 */
export const unreadable = (graph: RunGraph, error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return new AppError('model-corrupt', `The model's ${graph} could not be loaded (${said}). Remove the model and install it again.`, {
    cause: error,
  });
};
