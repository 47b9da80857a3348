/** The engine's methods that make clips of folders, addresses and recordings. */
import { throttledProgress } from '../../common/throttle.ts';
import type { EngineEvents, EngineInput, engineInputs } from '../api/protocol.ts';
import { importMedia } from '../media/import-media.ts';

export interface ImportHost {
  parse: <M extends keyof typeof engineInputs>(method: M, input: unknown) => EngineInput<M>;
  cancellable: <T>(runId: string, caller: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  findFfmpeg: () => Promise<string>;
  onProgress: (event: EngineEvents['importProgress']) => void;
}

export const importMethods = ({ parse, cancellable, findFfmpeg, onProgress }: ImportHost) => {
  const finishing = new Map<string, AbortController>();
  return {
    importMedia: async (raw: EngineInput<'importMedia'>, caller: AbortSignal): Promise<{ endedEarly: string | null }> => {
      const { runId, source, output } = parse('importMedia', raw);
      const finish = new AbortController();
      finishing.set(runId, finish);
      const report = throttledProgress((done, total) => onProgress({ runId, done, total }));
      try {
        return await cancellable(runId, caller, async (signal) =>
          importMedia(source, output, { ffmpeg: await findFfmpeg(), signal, finish: finish.signal, onProgress: report }),
        );
      } finally {
        finishing.delete(runId);
      }
    },

    finishImport: async (raw: EngineInput<'finishImport'>): Promise<object> => {
      finishing.get(parse('finishImport', raw).runId)?.abort();
      return {};
    },
  };
};
