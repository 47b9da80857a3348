/** What the host asks of ffmpeg where no clip is open. */
import type { FfmpegReport } from '../api/media.ts';
import type { EngineInput } from '../api/protocol.ts';
import { inspectFfmpeg } from '../media/ffmpeg-report.ts';
import { thumbnailOf } from '../media/thumbnail.ts';

type Parse = (method: 'thumbnail', input: unknown) => EngineInput<'thumbnail'>;

export const ffmpegMethods = (parse: Parse, findFfmpeg: () => Promise<string>) => ({
  /** @throws AppError `source-unreadable` where no picture can be made of the file */
  thumbnail: async (raw: EngineInput<'thumbnail'>): Promise<{ jpeg: Uint8Array }> => {
    const { path, width, height } = parse('thumbnail', raw);
    return { jpeg: await thumbnailOf(await findFfmpeg(), path, width, height) };
  },

  /**
   * @throws AppError `ffmpeg-missing` with what the user can do; `details.isChosen` when it is the user's own choice
   *   that fails
   */
  findFfmpeg: async (_: EngineInput<'findFfmpeg'>): Promise<{ path: string }> => ({ path: await findFfmpeg() }),

  inspectFfmpeg: async (_: EngineInput<'inspectFfmpeg'>): Promise<FfmpegReport> => inspectFfmpeg(await findFfmpeg()),
});
