/** Whether something can be written in a folder that may not be there yet. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/** @throws AppError `bad-request` where the path, or what it lies in, is a file */
export const requireFolder = (path: string): void => {
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (!existsSync(there) || statSync(there).isDirectory()) return;
  throw new AppError('bad-request', `${there} is a file, not a folder. Choose a folder.`);
};
