/** Sends files of one folder, or one file with byte ranges so that a browser can seek in a video. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp4': 'video/mp4',
};

/** The file a URL path names inside `folder`, or null when it names none or climbs out. */
export const fileInside = (folder: string, urlPath: string): string | null => {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const path = normalize(join(folder, decoded === '/' ? 'index.html' : decoded));
  return path.startsWith(normalize(folder) + sep) ? path : null;
};

/** "bytes=a-b" of a file of `size` bytes; null when the header can't be satisfied. */
const parseRange = (header: string, size: number): { start: number; end: number } | null => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start <= end && start < size ? { start, end } : null;
};

/** Answers with a file, whole or in part; 404 when it is not there. */
export const sendFile = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    return;
  }
  const headers: Record<string, string | number> = {
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
  };
  const range = request.headers.range;
  const part = range === undefined ? { start: 0, end: info.size - 1 } : parseRange(range, info.size);
  if (part === null) {
    response.writeHead(416, { 'content-range': `bytes */${info.size}` }).end();
    return;
  }
  headers['content-length'] = part.end - part.start + 1;
  if (range !== undefined) headers['content-range'] = `bytes ${part.start}-${part.end}/${info.size}`;
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (request.method === 'HEAD' || info.size === 0) {
    response.end();
    return;
  }
  // A browser that seeks drops the connection in the middle; that is no error of ours.
  await pipeline(createReadStream(path, part), response).catch(() => response.destroy());
};
