/** An AppError as it crosses a border. */
import { z } from 'zod';
import { errorCodes } from './errors.ts';

export const serializedErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
