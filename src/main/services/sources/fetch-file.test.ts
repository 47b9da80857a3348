/** Which addresses a clip may come from, and what of them is a plain file. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { clipAddresses, offerOf } from './fetch-file.ts';

const from = (address: string): URL => new URL(address);

describe('where an address may lead', () => {
  it.each([
    ['http://a.example/x', 'https://b.example/y'],
    ['http://a.example/x', '/y'],
    ['https://a.example/x', 'https://b.example/y'],
    ['http://127.0.0.1:1/x', 'http://localhost:2/y'],
  ])('%s on to %s', (start, location) => {
    expect(clipAddresses.redirect(from(start), location).href).toBe(new URL(location, start).href);
  });

  it.each([
    ['https://a.example/x', 'http://a.example/x'],
    ['http://a.example/x', 'http://127.0.0.1/admin'],
    ['https://a.example/x', 'https://[::1]/admin'],
    ['http://a.example/x', 'file:///etc/passwd'],
    ['http://a.example/x', 'http://'],
  ])('%s not on to %s', (start, location) => {
    expect(() => clipAddresses.redirect(from(start), location)).toThrow(/not followed|not supported|unsupported/);
  });

  it('is sent no password of another server', () => {
    expect(clipAddresses.redirect(from('http://ann:secret@a.example/x'), 'http://b.example/y').href).not.toContain('secret');
  });
});

describe('what is at an address', () => {
  const served = async (path: string, listener: RequestListener) => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
      return await offerOf(url, { proxy: {}, userAgent: 'test', signal: new AbortController().signal });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const answer =
    (headers: Record<string, string>, body: string, status = 200): RequestListener =>
    (_request, response) =>
      void response.writeHead(status, headers).end(body);

  it('is a file when it has a length and is no list of others', async () => {
    expect(await served('/a.mp4', answer({ 'content-length': '5', 'content-type': 'video/mp4' }, 'video'))).toEqual({
      file: { bytes: 5, extension: '.mp4' },
      isClockless: false,
    });
    expect(await served('/a', answer({ 'content-length': '5' }, 'video'))).toMatchObject({ file: { bytes: 5, extension: '' } });
  });

  it.each([
    ['without a length', '/live.ts', {}, 'video'],
    ['a playlist by its name', '/list.m3u8', { 'content-length': '5' }, 'video'],
    ['a playlist by its type', '/list', { 'content-length': '5', 'content-type': 'application/vnd.apple.mpegurl' }, 'video'],
    ['a playlist by its beginning', '/list', { 'content-length': '12', 'content-type': 'application/octet-stream' }, '#EXTM3U\nabcd'],
    ['a page', '/page', { 'content-length': '5', 'content-type': 'text/html' }, '<p>no'.slice(0, 5)],
    ['pictures of a camera', '/camera', { 'content-length': '5', 'content-type': 'multipart/x-mixed-replace' }, 'video'],
    ['packed', '/a.mp4', { 'content-length': '5', 'content-encoding': 'gzip' }, 'video'],
  ] as const)('is left to ffmpeg when it is %s', async (_name, path, headers, body) => {
    const { file, isClockless } = await served(path, answer(headers, body));
    expect([file, isClockless]).toEqual([null, path === '/camera']);
  });

  it.each([
    ['tables behind its data', ['ftyp', 'free', 'mdat'], { bytes: 0, extension: '.mp4' }],
    ['tables before them, which can be read as it comes', ['ftyp', 'moov', 'mdat'], null],
  ])('without a length is a file if it is an MP4 with %s', async (_name, boxes, file) => {
    const body = boxes.map((type) => `\0\0\0\x10${type}12345678`).join('');
    const chunked: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp4' });
      response.end(body);
    };
    expect((await served('/download', chunked)).file).toEqual(file);
  });

  it('is left to ffmpeg when the server fails, and told when there is nothing', async () => {
    expect(await served('/a.mp4', answer({}, '', 500))).toMatchObject({ file: null });
    await expect(served('/a.mp4', answer({}, '', 410))).rejects.toMatchObject({ code: 'address-missing' });
    await expect(served('/a.mp4', answer({}, '', 403))).rejects.toMatchObject({ code: 'address-forbidden' });
    await expect(served('/a.mp4', answer({}, '', 407))).resolves.toMatchObject({ file: null });
  });
});
