/** app://main/: the built window, and nothing but the files that were there when the app started. */
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { contentSecurityPolicy } from '../../shared/content-security-policy.ts';
import { isAppUrl } from './guards.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

export const appScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
} as const;

/**
 * URL path of every file under a folder, with where it is. A path that is not in it does not exist, however it is
 * written. Folder by folder, with the two calls that read inside an asar archive in every version of Electron.
 */
export const bundledFiles = (folder: string, at = ''): Map<string, string> => {
  const files = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const inner = statSync(path).isDirectory() ? bundledFiles(path, `${at}/${name}`) : [[`${at}/${name}`, path] as const];
    for (const [url, file] of inner) files.set(url, file);
  }
  return files;
};

const appHeaders = (path: string): Record<string, string> => ({
  'content-type': types[extname(path)] ?? 'application/octet-stream',
  'content-security-policy': contentSecurityPolicy(),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
});

/** Answers a request for a file of the window. */
export const answerAppRequest = async (request: { url: string; method: string }, files: ReadonlyMap<string, string>): Promise<Response> => {
  const notFound = new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } });
  if (request.method !== 'GET' || !isAppUrl(request.url)) return notFound;
  const { pathname } = new URL(request.url);
  const path = files.get(pathname === '/' ? '/index.html' : pathname);
  if (path === undefined) return notFound;
  return new Response(new Uint8Array(await readFile(path)), { headers: appHeaders(path) });
};
