/**
 * Files that appear in a folder together or not at all: they are written under temporary names and renamed at the end.
 * The last one (the manifest) is what makes the folder valid, so an old one is removed before anything else is
 * replaced. Nothing is forced to the disk: what a power cut leaves behind has other hashes than the manifest, and the
 * import is repeated.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../../common/atomic-file.ts';

export class StagedFiles {
  readonly dir: string;
  readonly #suffix = `${randomBytes(6).toString('hex')}.partial`;
  readonly #staged = new Map<string, string>();

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async in(dir: string): Promise<StagedFiles> {
    await mkdir(dir, { recursive: true });
    await removeAbandoned(dir);
    return new StagedFiles(dir);
  }

  /** The temporary path under which `name` is to be written. */
  pathFor(name: string): string {
    const path = join(this.dir, `.${name}.${this.#suffix}`);
    this.#staged.set(name, path);
    return path;
  }

  async commit(last: string): Promise<void> {
    await rm(join(this.dir, last), { force: true });
    for (const [name, path] of this.#staged) {
      if (name !== last) await replaceFile(path, join(this.dir, name));
    }
    await replaceFile(this.#staged.get(last)!, join(this.dir, last));
    this.#staged.clear();
  }

  /** Removes what was not committed. */
  async discard(): Promise<void> {
    for (const path of this.#staged.values()) await rm(path, { force: true });
    this.#staged.clear();
  }
}

const abandonedAfterMs = 3_600_000;

/**
 * Removes what an import left that was killed; the change time, since a hard link keeps the other times of its source.
 */
async function removeAbandoned(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!/^\..+\.[0-9a-f]{12}\.partial$/.test(name)) continue;
    const path = join(dir, name);
    const info = await stat(path).catch(() => null);
    if (info !== null && Date.now() - info.ctimeMs > abandonedAfterMs) await rm(path, { force: true });
  }
}
