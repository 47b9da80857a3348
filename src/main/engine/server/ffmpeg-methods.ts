/** What the host asks about ffmpeg itself. */
import type { FfmpegReport } from '../api/media.ts';
import type { EngineInput } from '../api/protocol.ts';
import { inspectFfmpeg } from '../media/ffmpeg-report.ts';

export const ffmpegMethods = (findFfmpeg: () => Promise<string>) => ({
  /**
   * @throws AppError `ffmpeg-missing` with what the user can do; `details.isChosen` when it is the user's own choice
   *   that fails
   */
  findFfmpeg: async (_: EngineInput<'findFfmpeg'>): Promise<{ path: string }> => ({ path: await findFfmpeg() }),

  inspectFfmpeg: async (_: EngineInput<'inspectFfmpeg'>): Promise<FfmpegReport> => inspectFfmpeg(await findFfmpeg()),
});
