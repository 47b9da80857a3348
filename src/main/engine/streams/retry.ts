/** A run that failed for want of memory is tried again in place: what took the memory may be done by then. */
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';

export interface RetryRules {
  tries: number;
  delayMs: number;
}

const outOfMemoryRules: RetryRules = { tries: 1, delayMs: 100 };

/** @param onRetry told of each try that failed */
export const retryOutOfMemory = async <T>(
  work: () => Promise<T>,
  onRetry: () => void,
  { tries, delayMs }: RetryRules = outOfMemoryRules,
): Promise<T> => {
  for (let tried = 0; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (tried >= tries || AppError.from(error).code !== 'out-of-memory') throw error;
      onRetry();
      await pause(delayMs);
    }
  }
};
