/**
 * Fetches one file over https into a part file that outlives cuts, cancelling and the process: the next attempt goes on
 * where it stopped, if the server still has the same bytes (Range with If-Range), and from the start otherwise. What
 * arrives is only counted here; whether it is the right file is for the caller to find out before it gets its final
 * name.
 */

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { throttle } from '../../common/throttle.ts';
import type { Clock } from './clock.ts';
import { type Disk, fileError, type PartFile, requireSpace } from './disk.ts';
import { type AddressRules, modelAddresses, type ProxyEnvironment } from './download-address.ts';
import { getFile, type HttpAnswer } from './http-request.ts';
import { readPartNote, writePartNote } from './part-note.ts';

export interface DownloadProgress {
  phase: 'connecting' | 'transferring' | 'waiting';
  done: number;
  /** 0 = not known yet. */
  total: number;
}

export interface DownloadRequest {
  url: string;
  /** Where the bytes are gathered; `<this>.json` beside it remembers which file they are of. */
  partPath: string;
  /** Bytes the file must have; null = whatever the server says, up to `mostBytes`. */
  bytes: number | null;
  mostBytes: number;
  /**
   * A sha256 will be checked: bytes may be joined to earlier ones even when the server can't promise that they belong
   * together.
   */
  hasSha256: boolean;
  /** Default: those that models come from. */
  rules?: AddressRules;
  /** Attempts after one that brought nothing new; default 5. */
  mostFailures?: number;
  proxy: ProxyEnvironment;
  userAgent: string;
  signal: AbortSignal;
  onProgress: (progress: DownloadProgress) => void;
}

export interface DownloadParts {
  clock: Clock;
  disk: Disk;
}

const usualFailures = 5;
const firstPauseMs = 1000;
const mostPauseMs = 30_000;
/** A connection that gives nothing for this long is given up and made again. */
const silenceMs = 30_000;
/** An attempt that brought this much counts as progress. */
const progressBytes = 64 * 1024;
const reportEveryMs = 100;

/** A cut, a busy server: worth another attempt. */
class Interruption extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

const elsewhere = 'Try again later, or get the file another way and import it from disk.';

/**
 * Gathers the whole file in the part and forces it to the disk.
 * @returns its size in bytes
 * @throws AppError `download-failed`, `disk-full`, `not-allowed`, `cancelled` (the part is kept), `output-unwritable`
 */
export const download = async (request: DownloadRequest, { clock, disk }: DownloadParts): Promise<number> => {
  const { rules = modelAddresses, mostFailures = usualFailures } = request;
  const address = rules.check(request.url);
  const part = await openPart(request, disk);
  try {
    let failures = 0;
    for (;;) {
      const before = part.size;
      try {
        await attempt(address, part, request, { clock, disk });
        await part.sync().catch((error: unknown) => Promise.reject(fileError(error, request.partPath)));
        return part.size;
      } catch (error) {
        if (request.signal.aborted)
          throw new AppError('cancelled', 'Download cancelled. The part already downloaded is kept.', { cause: error });
        if (!(error instanceof Interruption)) throw error;
        failures = part.size - before >= progressBytes ? 1 : failures + 1;
        if (failures > mostFailures) {
          throw new AppError(
            'download-failed',
            `The download from ${address.host} was interrupted ${failures} times (${error.message}). The part already downloaded is kept. Try again when the connection is better.`,
            { cause: error, details: { done: part.size } },
          );
        }
        request.onProgress({ phase: 'waiting', done: part.size, total: request.bytes ?? 0 });
        const pauseMs = Math.max(Math.min(firstPauseMs * 2 ** (failures - 1), mostPauseMs), error.retryAfterMs);
        await clock.delay(pauseMs, request.signal).catch(() => {});
      }
    }
  } finally {
    await part.close();
  }
};

const openPart = async ({ partPath, bytes, mostBytes }: DownloadRequest, disk: Disk): Promise<PartFile> => {
  try {
    await mkdir(dirname(partPath), { recursive: true });
    const part = await disk.openPart(partPath);
    if (part.size > (bytes ?? mostBytes)) await part.clear();
    return part;
  } catch (error) {
    throw fileError(error, partPath);
  }
};

/** One connection: asks for what is missing and takes it. */
const attempt = async (address: URL, part: PartFile, request: DownloadRequest, parts: DownloadParts): Promise<void> => {
  const { signal, onProgress } = request;
  signal.throwIfAborted();
  const note = await readPartNote(request.partPath);
  const validator = note?.url === request.url ? note.validator : null;
  const mayJoin = validator !== null || (note?.url === request.url && request.hasSha256);
  if (part.size > 0 && !mayJoin) await part.clear();
  if (part.size > 0 && part.size === request.bytes) return;
  onProgress({ phase: 'connecting', done: part.size, total: request.bytes ?? 0 });

  const silence = new AbortController();
  const watch = parts.clock.timer(silenceMs, () => silence.abort());
  try {
    const answer = await getFile(address, requestHeaders(part.size, validator, request.userAgent), {
      proxy: request.proxy,
      signal: AbortSignal.any([signal, silence.signal]),
      redirect: (request.rules ?? modelAddresses).redirect,
    });
    try {
      await takeAnswer(answer, part, request, parts, () => watch.restart());
    } finally {
      answer.close();
    }
  } catch (error) {
    if (signal.aborted || error instanceof AppError || error instanceof Interruption) throw error;
    if (silence.signal.aborted) throw new Interruption(`no data for ${silenceMs / 1000} s`);
    throw connectionError(error, address);
  } finally {
    watch.stop();
  }
};

const requestHeaders = (have: number, validator: string | null, userAgent: string): Record<string, string> => ({
  'user-agent': userAgent,
  accept: '*/*',
  // A compressed answer would have other lengths and ranges than the file.
  'accept-encoding': 'identity',
  ...(have > 0 && { range: `bytes=${have}-` }),
  ...(have > 0 && validator !== null && { 'if-range': validator }),
});

const takeAnswer = async (
  answer: HttpAnswer,
  part: PartFile,
  request: DownloadRequest,
  parts: DownloadParts,
  onData: () => void,
): Promise<void> => {
  const { status, headers } = answer;
  const total = await startOf(answer, part);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new AppError(
      'download-failed',
      `${answer.url.host} sends the file compressed (${encoding}), though it was not asked to. ${elsewhere}`,
    );
  if (total !== null && request.bytes !== null && total !== request.bytes) {
    await part.clear();
    throw new AppError(
      'download-failed',
      `${answer.url.host} offers ${total} bytes where the published file has ${request.bytes}: it is another file. ${elsewhere}`,
      { details: { bytes: total, expected: request.bytes } },
    );
  }
  const limit = request.bytes ?? total ?? request.mostBytes;
  if (limit > request.mostBytes) {
    throw new AppError(
      'download-failed',
      `${answer.url.host} offers ${limit} bytes, more than a model may have (${request.mostBytes}). ${elsewhere}`,
    );
  }
  await requireSpace(parts.disk, dirname(request.partPath), (request.bytes ?? total ?? 0) - part.size);
  if (status === 200) await writePartNote(request.partPath, { url: request.url, validator: validatorOf(answer) });

  const isDue = throttle(reportEveryMs, () => parts.clock.now());
  const report = (isLast: boolean): void => {
    if (isDue(isLast)) request.onProgress({ phase: 'transferring', done: part.size, total: request.bytes ?? total ?? 0 });
  };
  report(true);
  // What came just before a pause is told too.
  const trailing = parts.clock.timer(reportEveryMs, () => report(true));
  try {
    for await (const chunk of answer.body) {
      onData();
      if (part.size + chunk.length > limit) {
        await part.clear();
        throw new AppError('download-failed', `${answer.url.host} sends more than the ${limit} bytes it should. ${elsewhere}`);
      }
      try {
        await part.append(chunk);
      } catch (error) {
        throw fileError(error, request.partPath);
      }
      report(false);
      trailing.restart();
    }
  } finally {
    trailing.stop();
  }
  report(true);
  const wanted = request.bytes ?? total;
  if (wanted !== null && part.size < wanted) throw new Interruption(`it ended after ${part.size} of ${wanted} bytes`);
};

/**
 * Decides by status and headers where the answer's bytes belong; the part is cleared when it is not at its end.
 * @returns the size of the whole file, null when the server doesn't say
 */
const startOf = async ({ status, headers, url }: HttpAnswer, part: PartFile): Promise<number | null> => {
  if (status === 200) {
    await part.clear();
    return wholeNumber(headers['content-length']);
  }
  if (status === 206) {
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
    if (part.size > 0 && range && Number(range[1]) === part.size) return range[3] === '*' ? null : Number(range[3]);
    await part.clear();
    throw new Interruption('the server answered with another part of the file than was asked for');
  }
  if (status === 416 && part.size > 0) {
    await part.clear();
    throw new Interruption('the server has no such part of the file (416)');
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    throw new Interruption(`the server answered ${status}`, retryAfterMs(headers['retry-after']));
  if (status === 407)
    throw new AppError('download-failed', 'The proxy requires a name and a password (407). Set it as http://name:password@host:port.');
  const why = status === 404 || status === 410 ? 'The file no longer exists there' : 'The server refuses access';
  throw new AppError('download-failed', `${url.host} answered ${status}. ${why}. ${elsewhere}`, { details: { status } });
};

/** Only what If-Range may hold: a strong ETag, or a date. */
const validatorOf = ({ headers }: HttpAnswer): string | null => {
  if (headers.etag !== undefined && !headers.etag.startsWith('W/')) return headers.etag;
  return headers['last-modified'] ?? null;
};

const wholeNumber = (text: string | undefined): number | null => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null);

/** Seconds, or a date, which is rare enough to be taken as no hint. */
const retryAfterMs = (text: string | undefined): number => Math.min((wholeNumber(text) ?? 0) * 1000, 2 * mostPauseMs);

const lastingCodes = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const connectionError = (error: unknown, address: URL): Error => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_PROXY_TUNNEL' || code === 'ERR_PROXY_INVALID_CONFIG')
    return new AppError('download-failed', `The proxy does not let the download through (${message}). Check the proxy's address.`, {
      cause: error,
    });
  if (code !== undefined && lastingCodes.has(code))
    return new AppError('download-failed', `${address.host} could not be verified (${code}), so nothing was downloaded. ${elsewhere}`, {
      cause: error,
    });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new Interruption(`${address.host} was not found: is this machine online?`);
  return new Interruption(code ?? message);
};
