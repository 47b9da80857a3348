import { execFileSync, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf, TempFolder } from '../../common/testing/temp-folder.ts';
import {
  announcing,
  CheckpointServer,
  chunked,
  cutAfter,
  etag,
  ignoringRanges,
  serving,
  status,
  whole,
} from '../models/testing/checkpoint-server.ts';
import { body, DownloadSetup } from '../models/testing/download-setup.ts';
import { type Disk, systemDisk } from './disk.ts';
import { dropPart, notePath } from './part-note.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('download, where lengths lie', () => {
  it('refuses a file of another size before it is fetched', async () => {
    await using setup = await DownloadSetup.with(serving(body.subarray(0, 1000)));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*offers 1000 bytes where the published file has 300000/);
    await using other = await DownloadSetup.with(announcing(body.length + 1));
    expect(await outcomeOf(() => other.run())).toMatch(/^download-failed: .*offers 300001 bytes/);
  });

  it('takes an announced length that is not reached for a cut', async () => {
    await using setup = await DownloadSetup.with(announcing(body.length + 5000));
    expect(await outcomeOf(() => setup.run({ bytes: null }))).toMatch(/^download-failed: .*was interrupted/);
  });

  it('stops when more comes than should', async () => {
    await using setup = await DownloadSetup.with(chunked(Buffer.concat([body, body])));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*more than the 300000 bytes/);
    expect(await setup.part()).toHaveLength(0);
  });

  it('notices when less comes than should, without any length', async () => {
    await using setup = await DownloadSetup.with(chunked(body.subarray(0, 200_000)), whole);
    await setup.run();
    expect(setup.ranges()).toEqual([undefined, 'bytes=200000-']);
    expect((await setup.part()).equals(body)).toBe(true);
  });

  it('never takes more than a model may have', async () => {
    await using setup = await DownloadSetup.with(whole);
    expect(await outcomeOf(() => setup.run({ bytes: null, mostBytes: 1000 }))).toMatch(/^download-failed: .*more than a model may have/);
    await using endless = await DownloadSetup.with(chunked(body));
    expect(await outcomeOf(() => endless.run({ bytes: null, mostBytes: 1000 }))).toMatch(/^download-failed: .*more than the 1000 bytes/);
  });

  it('takes a file whose size nobody knows', async () => {
    await using setup = await DownloadSetup.with(chunked(body));
    expect(await setup.run({ bytes: null })).toBe(body.length);
    expect(setup.progress.at(-1)).toMatchObject({ done: body.length, total: 0 });
  });

  it('refuses a compressed answer', async () => {
    await using setup = await DownloadSetup.with(serving(body, { 'content-encoding': 'gzip' }));
    expect(await outcomeOf(() => setup.run())).toMatch(/^download-failed: .*compressed/);
  });

  it('ends with the right bytes or an error, however the server cuts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(120_000), { maxLength: 6 }), fc.boolean(), async (cuts, ignores) => {
        await using setup = await DownloadSetup.with(...cuts.map((bytes) => cutAfter(bytes)), ignores ? ignoringRanges : whole);
        const outcome = await outcomeOf(() => setup.run());
        if (outcome === 'success') expect((await setup.part()).equals(body)).toBe(true);
        else {
          expect(outcome).toMatch(/^download-failed: .*was interrupted/);
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
    await using setup = await DownloadSetup.with(whole);
    const outcome = await outcomeOf(() => setup.run({}, { ...systemDisk, freeBytes: async () => 200_000 }));
    expect(outcome).toMatch(/^disk-full: 1 MB are needed in .*, and 1 MB are free/);
    expect(await setup.part()).toHaveLength(0);
  });

  it('counts what is there already', async () => {
    await using setup = await DownloadSetup.with(cutAfter(200_000), status(404), whole);
    await outcomeOf(() => setup.run());
    expect(await setup.run({}, { ...systemDisk, freeBytes: async () => 100_000 })).toBe(body.length);
  });

  it('keeps what was written when it fills up meanwhile, and goes on later', async () => {
    await using setup = await DownloadSetup.with(whole);
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
    await using setup = await DownloadSetup.with(whole);
    await setup.run();
    expect(await outcomeOf(() => setup.run({ partPath: join(setup.partPath, 'below') }))).toMatch(/^output-unwritable: /);
  });
});

describe('download, by which way', () => {
  it('follows redirects, on this machine only because it began there', async () => {
    await using target = await CheckpointServer.start(body, whole);
    await using setup = await DownloadSetup.with((_q, r) => void r.writeHead(302, { location: `${target.url}/there.pt` }).end());
    await setup.run();
    expect(target.requests[0]!.path).toBe('/there.pt');
  });

  it.each(['http://example.com/x.pt', 'ftp://127.0.0.1/x.pt', 'file:///etc/passwd'])(
    'does not follow a redirect to %s',
    async (location) => {
      await using setup = await DownloadSetup.with((_q, r) => void r.writeHead(301, { location }).end());
      expect(await outcomeOf(() => setup.run())).toMatch(/^not-allowed: /);
    },
  );

  it('ends a round of redirects', async () => {
    await using setup = await DownloadSetup.with((_q, r) => void r.writeHead(307, { location: '/again' }).end());
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
    await using setup = await DownloadSetup.with(whole);
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

  it.skipIf(!hasOpenssl)('believes no server that can not prove who it is (needs openssl)', async () => {
    await using folder = await TempFolder.create();
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder.path, name)) as [string, string];
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=127.0.0.1',
    ];
    execFileSync('openssl', [...args, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    let asked = 0;
    const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, (_request, response) => {
      asked++;
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await using setup = await DownloadSetup.with(whole);
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x.pt`;
      expect(await outcomeOf(() => setup.run({ url }))).toMatch(/^download-failed: .*could not be verified/);
      expect([asked, setup.clock.pauses]).toEqual([0, []]);
    } finally {
      server.close();
    }
  });

  it('leaves the part and its note, and nothing when they are dropped', async () => {
    await using setup = await DownloadSetup.with(whole);
    await setup.run();
    const folder = join(setup.partPath, '..');
    expect((await readdir(folder)).sort()).toEqual(['.x.pt.part', '.x.pt.part.json']);
    expect(JSON.parse(await readFile(notePath(setup.partPath), 'utf8'))).toEqual({ url: `${setup.server.url}/x.pt`, validator: etag });
    await dropPart(setup.partPath);
    expect(await readdir(folder)).toEqual([]);
  });
});
