import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { outcomeOf } from '../../common/testing/temp-folder.ts';
import {
  CheckpointServer,
  cutAfter,
  etag,
  ignoringRanges,
  type Reply,
  stallAfter,
  status,
  whole,
} from '../models/testing/checkpoint-server.ts';
import { body, DownloadSetup } from '../models/testing/download-setup.ts';

describe('download', () => {
  it('fetches a file and says how far it is', async () => {
    await using setup = await DownloadSetup.with(whole);
    expect(await setup.run()).toBe(body.length);
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.progress[0]).toEqual({ phase: 'connecting', done: 0, total: body.length });
    expect(setup.progress.at(-1)).toEqual({ phase: 'transferring', done: body.length, total: body.length });
    expect(setup.clock.pauses).toEqual([]);
  });

  it('goes on where the connection broke, under the ETag of the first answer', async () => {
    await using setup = await DownloadSetup.with(cutAfter(100_000), cutAfter(70_000), whole);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=170000-']);
    expect(setup.server.requests[1]!.ifRange).toBe(etag);
    expect(setup.clock.pauses).toEqual([1000, 1000]);
    expect(setup.progress.map(({ phase }) => phase)).toContain('waiting');
  });

  it('waits longer and longer while nothing comes, then gives up and keeps the part', async () => {
    await using setup = await DownloadSetup.with(cutAfter(100_000), cutAfter(0));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*was interrupted 6 times/);
    expect(setup.clock.pauses).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect((await setup.part()).equals(body.subarray(0, 100_000))).toBe(true);
  });

  it('starts again when the server ignores ranges', async () => {
    await using setup = await DownloadSetup.with(cutAfter(100_000), ignoringRanges);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-']);
  });

  it('starts again when the file has changed meanwhile', async () => {
    const newer = randomBytes(body.length);
    const changed: Reply = (_request, response) => {
      response.writeHead(200, { 'content-length': String(newer.length), etag: '"two"' }).end(newer);
    };
    await using setup = await DownloadSetup.with(cutAfter(100_000), changed);
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
    await using setup = await DownloadSetup.with(cutAfter(100_000), reply, whole);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-', undefined]);
  });

  it('does not join bytes that nothing says belong together', async () => {
    const withoutEtag: Reply = (_request, response) => {
      response.writeHead(200, { 'content-length': String(body.length), etag: 'W/"weak"' });
      response.write(body.subarray(0, 100_000), () => response.socket?.destroy());
    };
    await using setup = await DownloadSetup.with(withoutEtag, whole);
    await setup.run({ hasSha256: false });
    expect(setup.ranges()).toEqual([undefined, undefined]);
    await using checked = await DownloadSetup.with(withoutEtag, whole);
    await checked.run();
    expect(checked.ranges()).toEqual([undefined, 'bytes=100000-']);
  });

  it('goes on in a later run, but not with the part of another address', async () => {
    await using setup = await DownloadSetup.with(cutAfter(100_000), status(404), whole);
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*404/);
    await setup.run();
    expect(setup.ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=100000-']);
    expect((await setup.part()).equals(body)).toBe(true);

    await writeFile(setup.partPath, body.subarray(0, 50_000));
    await setup.run({ url: `${setup.server.url}/y.pt` });
    expect(setup.ranges().at(-1)).toBeUndefined();
  });

  it('asks for nothing when the part is whole', async () => {
    await using setup = await DownloadSetup.with(whole);
    await setup.run();
    expect(await setup.run()).toBe(body.length);
    expect(setup.server.requests).toHaveLength(1);
  });

  it('is cancelled while bytes come, and goes on afterwards', async () => {
    await using setup = await DownloadSetup.with(stallAfter(120_000), whole);
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
    await using setup = await DownloadSetup.with(status(503));
    setup.clock.delay = async () => setup.controller.abort();
    expect(await outcomeOf(() => setup.run())).toMatch(/^cancelled: /);
  });

  it('gives up a silent connection and makes another', async () => {
    await using setup = await DownloadSetup.with(stallAfter(90_000), whole);
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
    await using setup = await DownloadSetup.with(stallAfter(90_000));
    setup.clock.now = () => 0;
    const told = new Promise<void>((resolve) => {
      void setup.run({ onProgress: ({ done }) => done === 90_000 && resolve() }).catch(() => {});
    });
    await setup.server.asked(1);
    // It is not there before the first bytes have come.
    await vi.waitUntil(
      () =>
        setup.part().then(
          ({ length }) => length === 90_000,
          () => false,
        ),
      { timeout: 60_000 },
    );
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
    await using setup = await DownloadSetup.with(slow);
    await setup.run();
    expect((await setup.part()).equals(body)).toBe(true);
    expect(setup.server.requests).toHaveLength(1);
  });

  it('tries again after 500, and as late as the server asks', async () => {
    await using setup = await DownloadSetup.with(status(500), status(429, { 'retry-after': '7' }), whole);
    await setup.run();
    expect(setup.clock.pauses).toEqual([1000, 7000]);
  });

  it.each([401, 403, 404, 410, 416])('does not try again after %d', async (code) => {
    await using setup = await DownloadSetup.with(status(code));
    expect(await outcomeOf(() => setup.run())).toMatch(new RegExp(`^download-failed: .*${code}`));
    expect(setup.server.requests).toHaveLength(1);
  });

  it('says that nobody answers', async () => {
    const gone = await CheckpointServer.start(body);
    const url = `${gone.url}/x.pt`;
    await gone[Symbol.asyncDispose]();
    await using setup = await DownloadSetup.with(whole);
    expect(await outcomeOf(() => setup.run({ url }))).toMatch(/^download-failed: .*ECONNREFUSED/);
  });
});
