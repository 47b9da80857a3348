/** The engine's methods that make clips of folders, addresses and recordings. */

import type { EngineEvents, EngineInput, engineInputs } from '../api/protocol.ts';
import { importMedia } from '../media/import-media.ts';

export interface ImportHost {
  parse: <M extends keyof typeof engineInputs>(method: M, input: unknown) => EngineInput<M>;
  cancellable: <T>(runId: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  findFfmpeg: () => Promise<string>;
  onProgress: (event: EngineEvents['importProgress']) => void;
}

const reportEveryMs = 100;

export const importMethods = ({ parse, cancellable, findFfmpeg, onProgress }: ImportHost) => {
  const finishing = new Map<string, AbortController>();
  return {
    importMedia: async (raw: EngineInput<'importMedia'>): Promise<{ endedEarly: string | null }> => {
      const { runId, source, output } = parse('importMedia', raw);
      const finish = new AbortController();
      finishing.set(runId, finish);
      let lastMs = Number.NEGATIVE_INFINITY;
      const report = (done: number, total: number): void => {
        const now = performance.now();
        if (done !== total && now - lastMs < reportEveryMs) return;
        lastMs = now;
        onProgress({ runId, done, total });
      };
      try {
        return await cancellable(runId, async (signal) =>
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
