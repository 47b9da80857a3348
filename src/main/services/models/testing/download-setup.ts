/** What the tests of downloads share. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempFolder } from '../../../common/testing/temp-folder.ts';
import { type Disk, systemDisk } from '../../download/disk.ts';
import { type DownloadProgress, type DownloadRequest, download } from '../../download/download.ts';
import { CheckpointServer, type Reply } from './checkpoint-server.ts';
import { FakeClock } from './fake-clock.ts';

export const body = randomBytes(300_000);

/** A download into a folder of its own from a server that answers as told. */
export class DownloadSetup implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly progress: DownloadProgress[] = [];
  readonly controller = new AbortController();
  readonly #folder: TempFolder;
  readonly server: CheckpointServer;

  private constructor(folder: TempFolder, server: CheckpointServer) {
    this.#folder = folder;
    this.server = server;
  }

  static async with(...replies: Reply[]): Promise<DownloadSetup> {
    return new DownloadSetup(await TempFolder.create(), await CheckpointServer.start(body, ...replies));
  }

  get partPath(): string {
    return join(this.#folder.path, 'models', '.x.pt.part');
  }

  run(change: Partial<DownloadRequest> = {}, disk: Disk = systemDisk): Promise<number> {
    return download(
      {
        url: `${this.server.url}/x.pt`,
        partPath: this.partPath,
        bytes: body.length,
        mostBytes: 1_000_000,
        hasSha256: true,
        proxy: {},
        userAgent: 'test',
        signal: this.controller.signal,
        onProgress: (progress) => void this.progress.push(progress),
        ...change,
      },
      { clock: this.clock, disk },
    );
  }

  part(): Promise<Buffer> {
    return readFile(this.partPath);
  }

  ranges(): (string | undefined)[] {
    return this.server.requests.map(({ range }) => range);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}
