/** What a machine has of what the app needs: printed by `sam2-video doctor`, and part of the window's diagnostics. */
import { z } from 'zod';

const bytes = z.number().nonnegative();

export const doctorReportSchema = z.object({
  app: z.string(),
  node: z.string(),
  electron: z.string().nullable(),
  system: z.string(),
  processor: z.object({ name: z.string(), threads: z.number().int() }),
  memory: z.object({ total: bytes, free: bytes }),
  /** Of the data folder, where models and projects are kept; null where the system does not tell. */
  disk: z.object({ folder: z.string(), free: bytes.nullable() }),
  engine: z.object({ state: z.string(), message: z.string().nullable() }),
  /** null where there is none; `ffmpegProblem` says why and what to do. */
  ffmpeg: z
    .object({
      path: z.string(),
      version: z.string(),
      /** What it can't do of what users ask for, in words: "read AV1". */
      lacks: z.array(z.string()),
    })
    .nullable(),
  ffmpegProblem: z.string().nullable(),
  /** Execution providers, best first, and why each is used or not. */
  providers: z.array(z.object({ name: z.string(), state: z.enum(['used', 'not used', 'not there']), reason: z.string() })),
  gpus: z.array(z.string()),
  /** Why a GPU that is there is not used, and what to do; null when one is used or none is there. */
  gpuAdvice: z.string().nullable(),
  models: z.array(z.object({ id: z.string(), state: z.string(), isActive: z.boolean() })),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;
