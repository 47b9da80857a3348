/**
 * The two ways in which a checkpoint is turned down: 'checkpoint-refused' for a file that is damaged or is not plain
 * tensors, 'checkpoint-unsupported' for a sound file of a kind that this app does not read.
 */
import { AppError, type ErrorCode } from '../../../../shared/errors.ts';

export function refused(reason: string, details: Record<string, unknown> = {}): AppError {
  return new AppError('checkpoint-refused', `The checkpoint was refused: ${reason}. Use a checkpoint from a source you trust.`, {
    details,
  });
}

export function damaged(reason: string, details: Record<string, unknown> = {}): AppError {
  const message = `The checkpoint is damaged: ${reason}. Download or copy it again.`;
  return new AppError('checkpoint-refused', message, { details });
}

export function unsupported(reason: string, advice: string, details: Record<string, unknown> = {}): AppError {
  return new AppError('checkpoint-unsupported', `The checkpoint can't be used: ${reason}. ${advice}`, { details });
}

/** What helps against nearly every unusual checkpoint. */
export const saveAgain = 'Load it in PyTorch and save it again with torch.save(state_dict, path).';

const missing = new Set(['ENOENT', 'ENOTDIR']);
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Runs file work and turns what the file system or an abort throws into typed errors; `otherwise` is the code for what
 * is neither absence nor a full disk.
 */
export async function withFileErrors<T>(path: string, work: () => Promise<T>, otherwise: ErrorCode = 'checkpoint-refused'): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError || !(cause instanceof Error)) throw cause;
    if (cause.name === 'AbortError') throw new AppError('cancelled', 'The import of the model was cancelled.', { cause });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw cause;
    const details = { path, reason: code };
    if (missing.has(code) && otherwise === 'checkpoint-refused')
      throw new AppError('model-missing', `${path} does not exist. Choose the file again.`, { cause, details });
    if (full.has(code)) {
      throw new AppError('disk-full', `No space left to write ${path}. Free some space and try again.`, { cause, details });
    }
    throw new AppError(otherwise, `${path} can't be used (${code}). Check its permissions and the disk.`, { cause, details });
  }
}
