/**
 * The configuration of `sam2-video watch`: which streams run, read and checked whole, so that all that is wrong is said
 * at once.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { type StreamConfig, streamConfigSchema } from '../../shared/streams.ts';
import { isNetworkAddress } from '../common/addresses.ts';
import { requireCamera } from '../common/live-source.ts';
import { MemoryStreams } from '../services/streams/stream-store.ts';

/** A source may be written as an address, a camera's device or a path. */
const sourceOf = (text: string, folder: string): StreamConfig['source'] => {
  if (isNetworkAddress(text)) return { kind: 'network', url: text };
  if (/^\/dev\/|^[\w-]+:(?![\\/])/.test(text)) return { kind: 'camera', deviceId: text };
  return { kind: 'file', path: resolve(folder, text), repeats: false };
};

const watchSchema = z.strictObject({
  /** Where recordings and what is known of the streams are kept; default: as of the app. */
  dataDir: z.string().min(1).optional(),
  /** Of /healthz on 127.0.0.1; left out: none. */
  port: z.number().int().min(1).max(65_535).optional(),
  streams: z.array(streamConfigSchema).min(1).max(64),
});

export interface WatchConfig {
  dataDir: string | undefined;
  port: number | undefined;
  streams: Map<string, StreamConfig>;
}

/** The same name has the same recordings after a restart. */
const idOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const withSources = (raw: unknown, folder: string): unknown => {
  const { streams } = (raw ?? {}) as { streams?: unknown };
  if (!Array.isArray(streams)) return raw;
  const named = streams.map((stream: unknown) => {
    const source = (stream as { source?: unknown } | null)?.source;
    return typeof source === 'string' ? { ...(stream as object), source: sourceOf(source, folder) } : stream;
  });
  return { ...(raw as object), streams: named };
};

const keyOf = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`)).join('');

/** @throws AppError `bad-request` with every problem: its key, what is wrong with it, and the file */
export const readWatchConfig = (path: string): WatchConfig => {
  const refuse = (problems: readonly string[]): AppError =>
    new AppError(
      'bad-request',
      `${path} can't be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nMend these and start again.`,
    );
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new AppError('bad-request', `${path} is not there. Write it first; docs/streams.md has an example.`)
      : refuse([(error as Error).message]);
  }
  const parsed = watchSchema.safeParse(withSources(raw, dirname(resolve(path))));
  if (!parsed.success) throw refuse(parsed.error.issues.map(({ path: key, message }) => `${keyOf(key) || 'the file'}: ${message}`));
  const { streams, dataDir, port } = parsed.data;
  const store = new MemoryStreams();
  const problems = streams.flatMap((config, i) => {
    const { source } = config;
    try {
      if (source.kind === 'camera') requireCamera(source.deviceId, process.platform);
      if (source.kind === 'network' && !isNetworkAddress(source.url)) return [`streams[${i}].source: use http, https, rtsp, rtmp or srt`];
      const id = idOf(config.name);
      store.put(store.all.has(id) ? null : id, config);
      return [];
    } catch (error) {
      return [`streams[${i}]: ${(error as Error).message}`];
    }
  });
  if (problems.length > 0) throw refuse(problems);
  return { dataDir: dataDir && resolve(dirname(resolve(path)), dataDir), port, streams: store.all };
};
