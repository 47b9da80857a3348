/** A folder for one test, and the stable part of what a promise comes to. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';

export class TempFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<TempFolder> {
    return new TempFolder(await mkdtemp(join(tmpdir(), 'sam2-video-test-')));
  }

  /** Writes a file and gives its path. */
  async file(name: string, data: Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, data);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** "code: message" of an AppError, 'success', or the stack of any other error. */
export async function outcomeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'success';
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    return `UNTYPED ${error instanceof Error ? error.stack : String(error)}`;
  }
}
