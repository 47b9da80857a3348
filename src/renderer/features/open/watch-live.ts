/** Opens an address as a live source. */
import { AppError } from '../../../shared/errors.ts';
import type { Client } from '../../transport/client.ts';

/** Resolves with why something could not be opened, or null. */
export type Opening = () => Promise<AppError | null>;

export const watchLive = async (client: Client, url: string): Promise<AppError | null> => {
  try {
    await client.call('live.start', { source: { kind: 'network', url } });
    return null;
  } catch (failure) {
    return AppError.from(failure);
  }
};
