import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { outcomeOf, TempFolder } from '../../engine/model/checkpoint/testing/temp-folder.ts';
import { type Disk, systemDisk } from './disk.ts';
import { type DownloadProgress, type DownloadRequest, download, dropPart, notePath } from './download.ts';
import {
  announcing,
  CheckpointServer,
  chunked,
  cutAfter,
  etag,
  ignoringRanges,
  type Reply,
  serving,
  stallAfter,
  status,
  whole,
} from './testing/checkpoint-server.ts';
import { FakeClock } from './testing/fake-clock.ts';

const body = randomBytes(300_000);

class Setup implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly progress: DownloadProgress[] = [];
  readonly controller = new AbortController();
  readonly #folder: TempFolder;
  readonly server: CheckpointServer;

  private constructor(folder: TempFolder, server: CheckpointServer) {
    this.#folder = folder;
    this.server = server;
  }

  static async with(...replies: Reply[]): Promise<Setup> {
    return new Setup(await TempFolder.create(), await CheckpointServer.start(body, ...replies));
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

describe('download', () => {
  it('fetches a file and says how far it is', async () => {
    await using setup = await Setup.with(whole);
    expect(await setup.run()).toBe(body.length);
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.progress[0]).toEqual({ phase: 'connecting', done: 0, total: body.length });
    expect(setup.progress.at(-1)).toEqual({ phase: 'transferring', done: body.length, total: body.length });
    expect(setup.clock.pauses).toEqual([]);
  });

  it('goes on where the connection broke, under the ETag of the first answer', async () => {
    await using setup = await Setup.with(cutAfter(100_000), cutAfter(70_000), whole);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=170000-']);
    expect(setup.server.requests[1]!.ifRange).toBe(etag);
    expect(setup.clock.pauses).toEqual([1000, 1000]);
    expect(setup.progress.map(({ phase }) => phase)).toContain('waiting');
  });

  it('waits longer and longer while nothing comes, then gives up and keeps the part', async () => {
    await using setup = await Setup.with(cutAfter(100_000), cutAfter(0));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*broke off 6 times/);
    expect(setup.clock.pauses).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect((await setup.part()).equals(body.subarray(0, 100_000))).toBe(true);
  });

  it('starts again when the server ignores ranges', async () => {
    await using setup = await Setup.with(cutAfter(100_000), ignoringRanges);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-']);
  });

  it('starts again when the file has changed meanwhile', async () => {
    const newer = randomBytes(body.length);
    const changed: Reply = (_request, response) => {
      response.writeHead(200, { 'content-length': String(newer.length), etag: '"two"' }).end(newer);
    };
    await using setup = await Setup.with(cutAfter(100_000), changed);
    await setup.run();
    expect((await setup.part()).equals(newer)).toBe(true);
    expect(setup.server.requests[1]).toMatchObject({ range: 'bytes=100000-', ifRange: etag });
  });

  it.each<[string, Reply]>([
    [
      'another part of the file',
      (_q, r) => void r.writeHead(206, { 'content-range': `bytes 5-${body.length - 1}/${body.length}` }).end(body.subarray(5)),
    ],
    ['a part without saying which', (_q, r) => void r.writeHead(206).end(body.subarray(100_000))],
    ['that there is no such part', status(416, { 'content-range': `bytes */${body.length}` })],
  ])('starts again when asked for the rest it answers %s', async (_what, reply) => {
    await using setup = await Setup.with(cutAfter(100_000), reply, whole);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-', undefined]);
  });

  it('does not join bytes that nothing says belong together', async () => {
    const withoutEtag: Reply = (_request, response) => {
      response.writeHead(200, { 'content-length': String(body.length), etag: 'W/"weak"' });
      response.write(body.subarray(0, 100_000), () => response.socket?.destroy());
    };
    await using setup = await Setup.with(withoutEtag, whole);
    await setup.run({ hasSha256: false });
    expect(setup.ranges()).toEqual([undefined, undefined]);
    await using checked = await Setup.with(withoutEtag, whole);
    await checked.run();
    expect(checked.ranges()).toEqual([undefined, 'bytes=100000-']);
  });

  it('goes on in a later run, but not with the part of another address', async () => {
    await using setup = await Setup.with(cutAfter(100_000), status(404), whole);
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*404/);
    await setup.run();
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=100000-']);
    expect((await setup.part()).equals(body)).toBe(true);

    await writeFile(setup.partPath, body.subarray(0, 50_000));
    await setup.run({ url: `${setup.server.url}/y.pt` });
    expect(setup.ranges().at(-1)).toBeUndefined();
  });

  it('asks for nothing when the part is whole', async () => {
    await using setup = await Setup.with(whole);
    await setup.run();
    expect(await setup.run()).toBe(body.length);
    expect(setup.server.requests).toHaveLength(1);
  });

  it('is cancelled while bytes come, and goes on afterwards', async () => {
    await using setup = await Setup.with(stallAfter(120_000), whole);
    const cancelled = outcomeOf(() =>
      setup.run({
        onProgress: ({ done }) => {
          if (done >= 120_000) setup.controller.abort();
        },
      }),
    );
    expect(await cancelled).toMatch(/^cancelled: /);
    expect(await setup.part()).toHaveLength(120_000);
    await setup.run({ signal: new AbortController().signal });
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=120000-']);
  });

  it('is cancelled while it waits to try again', async () => {
    await using setup = await Setup.with(status(503));
    setup.clock.delay = async () => setup.controller.abort();
    expect(await outcomeOf(() => setup.run())).toMatch(/^cancelled: /);
  });

  it('gives up a silent connection and makes another', async () => {
    await using setup = await Setup.with(stallAfter(90_000), whole);
    await setup.run({
      onProgress: (progress) => {
        if (progress.phase === 'transferring' && progress.done === 90_000 && setup.server.requests.length === 1)
          setup.clock.fireTimers(30_000);
      },
    });
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=90000-']);
  });

  it('tells of what came just before a pause', async () => {
    await using setup = await Setup.with(stallAfter(90_000));
    setup.clock.now = () => 0;
    const told = new Promise<void>((resolve) => {
      void setup.run({ onProgress: ({ done }) => done === 90_000 && resolve() }).catch(() => {});
    });
    await setup.server.asked(1);
    await vi.waitUntil(async () => (await setup.part()).length === 90_000);
    setup.clock.fireTimers(100);
    await told;
    setup.controller.abort();
  });

  it('takes a file that comes slowly to the end', async () => {
    const slow: Reply = (_request, response) => {
      response.writeHead(200, { 'content-length': String(body.length), etag });
      let at = 0;
      const next = (): void => {
        const piece = body.subarray(at, at + 7001);
        at += piece.length;
        if (piece.length === 0) response.end();
        else response.write(piece, () => setImmediate(next));
      };
      next();
    };
    await using setup = await Setup.with(slow);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.server.requests).toHaveLength(1);
  });

  it('tries again after 500, and as late as the server asks', async () => {
    await using setup = await Setup.with(status(500), status(429, { 'retry-after': '7' }), whole);
    await setup.run();
    expect(setup.clock.pauses).toEqual([1000, 7000]);
  });

  it.each([401, 403, 404, 410, 416])('does not try again after %d', async (code) => {
    await using setup = await Setup.with(status(code));
    expect(await outcomeOf(() => setup.run())).toMatch(new RegExp(`^download-failed: .*${code}`));
    expect(setup.server.requests).toHaveLength(1);
  });

  it('says that nobody answers', async () => {
    const gone = await CheckpointServer.start(body);
    const url = `${gone.url}/x.pt`;
    await gone[Symbol.asyncDispose]();
    await using setup = await Setup.with(whole);
    expect(await outcomeOf(() => setup.run({ url }))).toMatch(/^download-failed: .*ECONNREFUSED/);
  });
});

describe('download, where lengths lie', () => {
  it('refuses a file of another size before it is fetched', async () => {
    await using setup = await Setup.with(serving(body.subarray(0, 1000)));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*offers 1000 bytes where the published file has 300000/);
    await using other = await Setup.with(announcing(body.length + 1));
    expect(await outcomeOf(() => other.run())).toMatch(/^download-failed: .*offers 300001 bytes/);
  });

  it('takes an announced length that is not reached for a cut', async () => {
    await using setup = await Setup.with(announcing(body.length + 5000));
    expect(await outcomeOf(() => setup.run({ bytes: null }))).toMatch(/^download-failed: .*broke off/);
  });

  it('stops when more comes than should', async () => {
    await using setup = await Setup.with(chunked(Buffer.concat([body, body])));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*more than the 300000 bytes/);
    expect(await setup.part()).toHaveLength(0);
  });

  it('notices when less comes than should, without any length', async () => {
    await using setup = await Setup.with(chunked(body.subarray(0, 200_000)), whole);
    await setup.run();
    expect(setup.ranges()).toEqual([undefined, 'bytes=200000-']);
    expect((await setup.part()).equals(body)).toBe(true);
  });

  it('never takes more than a model may have', async () => {
    await using setup = await Setup.with(whole);
    expect(await outcomeOf(() => setup.run({ bytes: null, mostBytes: 1000 }))).toMatch(/^download-failed: .*more than a model may have/);
    await using endless = await Setup.with(chunked(body));
    expect(await outcomeOf(() => endless.run({ bytes: null, mostBytes: 1000 }))).toMatch(/^download-failed: .*more than the 1000 bytes/);
  });

  it('takes a file whose size nobody knows', async () => {
    await using setup = await Setup.with(chunked(body));
    expect(await setup.run({ bytes: null })).toBe(body.length);
    expect(setup.progress.at(-1)).toMatchObject({ done: body.length, total: 0 });
  });

  it('refuses a compressed answer', async () => {
    await using setup = await Setup.with(serving(body, { 'content-encoding': 'gzip' }));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*compressed/);
  });

  it('ends with the right bytes or an error, however the server cuts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(120_000), { maxLength: 6 }), fc.boolean(), async (cuts, ignores) => {
        await using setup = await Setup.with(...cuts.map((bytes) => cutAfter(bytes)), ignores ? ignoringRanges : whole);
        const outcome = await outcomeOf(() => setup.run());
        if (outcome === 'success') expect((await setup.part()).equals(body)).toBe(true);
        else {
          expect(outcome).toMatch(/^download-failed: .*broke off/);
          const part = await setup.part();
          expect(part.equals(body.subarray(0, part.length))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('download, where the disk is full', () => {
  it('says so before anything is fetched', async () => {
    await using setup = await Setup.with(whole);
    const outcome = await outcomeOf(() => setup.run({}, { ...systemDisk, freeBytes: async () => 200_000 }));
    expect(outcome).toMatch(/^disk-full: 1 MB are needed in .*, and 1 MB are free/);
    expect(await setup.part()).toHaveLength(0);
  });

  it('counts what is there already', async () => {
    await using setup = await Setup.with(cutAfter(200_000), status(404), whole);
    await outcomeOf(() => setup.run());
    expect(await setup.run({}, { ...systemDisk, freeBytes: async () => 100_000 })).toBe(body.length);
  });

  it('keeps what was written when it fills up meanwhile, and goes on later', async () => {
    await using setup = await Setup.with(whole);
    const small: Disk = {
      ...systemDisk,
      openPart: async (path) => {
        const part = await systemDisk.openPart(path);
        const append = async (data: Uint8Array): Promise<void> => {
          if (part.size + data.length > 150_000) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
          await part.append(data);
        };
        return {
          ...part,
          append,
          get size() {
            return part.size;
          },
        };
      },
    };
    expect(await outcomeOf(() => setup.run({}, small))).toMatch(/^disk-full: /);
    const { length } = await setup.part();
    expect(length).toBeGreaterThan(0);
    await setup.run();
    expect(setup.ranges()).toEqual([undefined, `bytes=${length}-`]);
    expect((await setup.part()).equals(body)).toBe(true);
  });

  it('says which folder can not be written', async () => {
    await using setup = await Setup.with(whole);
    await setup.run();
    expect(await outcomeOf(() => setup.run({ partPath: join(setup.partPath, 'below') }))).toMatch(/^output-unwritable: /);
  });
});

describe('download, by which way', () => {
  it('follows redirects, on this machine only because it began there', async () => {
    await using target = await CheckpointServer.start(body, whole);
    await using setup = await Setup.with((_q, r) => void r.writeHead(302, { location: `${target.url}/there.pt` }).end());
    await setup.run();
    expect(target.requests[0]!.path).toBe('/there.pt');
  });

  it.each(['http://example.com/x.pt', 'ftp://127.0.0.1/x.pt', 'file:///etc/passwd'])(
    'does not follow a redirect to %s',
    async (location) => {
      await using setup = await Setup.with((_q, r) => void r.writeHead(301, { location }).end());
      expect(await outcomeOf(() => setup.run())).toMatch(/^not-allowed: /);
    },
  );

  it('ends a round of redirects', async () => {
    await using setup = await Setup.with((_q, r) => void r.writeHead(307, { location: '/again' }).end());
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*circles/);
    expect(setup.server.requests).toHaveLength(6);
  });

  it('goes through the proxy it is given, and around it where it is told', async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`GET ${request.url}`);
      response.writeHead(200, { 'content-length': String(body.length) }).end(body);
    });
    proxy.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const environment = { HTTP_PROXY: address, HTTPS_PROXY: address };
    await using setup = await Setup.with(whole);
    try {
      await setup.run({ proxy: environment });
      expect([seen, setup.server.requests]).toEqual([[`GET ${setup.server.url}/x.pt`], []]);
      await dropPart(setup.partPath);
      expect(await outcomeOf(() => setup.run({ url: 'https://models.example/x.pt', proxy: environment }))).toMatch(
        /^download-failed: The proxy/,
      );
      expect(seen.at(-1)).toBe('CONNECT models.example:443');
      await setup.run({ proxy: { ...environment, NO_PROXY: '127.0.0.1' } });
      expect(setup.server.requests).toHaveLength(1);
      expect(seen).toHaveLength(2);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it('leaves the part and its note, and nothing when they are dropped', async () => {
    await using setup = await Setup.with(whole);
    await setup.run();
    const folder = join(setup.partPath, '..');
    expect((await readdir(folder)).sort()).toEqual(['.x.pt.part', '.x.pt.part.json']);
    expect(JSON.parse(await readFile(notePath(setup.partPath), 'utf8'))).toEqual({ url: `${setup.server.url}/x.pt`, validator: etag });
    await dropPart(setup.partPath);
    expect(await readdir(folder)).toEqual([]);
  });
});
