/**
 * A video file at an http(s) address, fetched by the app itself: its length is known, and a connection that is cut goes
 * on where it was. Playlists and streams, whose parts only a demuxer knows, are left to ffmpeg.
 */
import { extname } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { addressError } from '../../common/address-error.ts';
import { systemClock } from '../download/clock.ts';
import { systemDisk } from '../download/disk.ts';
import { download } from '../download/download.ts';
import { type AddressRules, isLoopback, type ProxyEnvironment } from '../download/download-address.ts';
import { getFile, type HttpAnswer } from '../download/http-request.ts';

export interface FetchOptions {
  proxy: ProxyEnvironment;
  userAgent: string;
  signal: AbortSignal;
}

export interface FileOffer {
  /** 0 where the server does not say. */
  bytes: number;
  /** With its dot, or "". */
  extension: string;
}

export interface Offer {
  /** A file that can be fetched as it is. */
  file: FileOffer | null;
  /** Pictures that come without times of their own. */
  isClockless: boolean;
}

const noFile: Offer = { file: null, isClockless: false };

/** A server that says nothing for so long is gone. */
const silenceMs = 15_000;
/** Attempts after one that brought nothing new. */
const mostFailures = 3;

const parse = (address: string, base?: URL): URL => {
  const url = URL.canParse(address, base?.href) ? new URL(address, base) : null;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new AppError(
    'not-allowed',
    `The address leads to an unsupported place (${url?.protocol ?? 'unknown'}). Only http and https are supported.`,
  );
};

/** Any http(s) address a user gives. It may not be sent on from https to http, nor from the net to this machine. */
export const clipAddresses: AddressRules = {
  check: (address) => parse(address),
  redirect: (from, location) => {
    const to = parse(location, from);
    if ((from.protocol === 'http:' || to.protocol === 'https:') && (isLoopback(from) || !isLoopback(to))) return to;
    throw new AppError(
      'not-allowed',
      `${from.origin} sent the download on to ${to.origin}, which is not followed. Use that address itself.`,
    );
  },
};

const playlistNames = /^\.(m3u8?|mpd|ism|isml|f4m|sdp|asx|pls|xspf)$/i;
const playlistTypes = /mpegurl|dash\+xml|sdp|sstr|^text\/|^multipart\/|xml/i;
/** What playlists begin with, whatever they are called. */
const playlistText = /^\uFEFF?\s*(#EXTM3U|<\?xml|<MPD|v=0)/;

/** Pictures one after the other, as cameras send them: they say nothing of when they were taken. */
const clocklessTypes = /^multipart\/x-mixed-replace|motion-jpeg|mjpeg/i;

const beginning = async ({ body }: HttpAnswer): Promise<Buffer> => {
  for await (const chunk of body) return chunk as Buffer;
  return Buffer.alloc(0);
};

/** Whether this is an MP4 or MOV whose tables lie behind its data, so that only the whole file can be read. */
const hasTablesLast = (bytes: Buffer): boolean => {
  for (let at = 0; at + 16 <= bytes.length; ) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (at === 0 && type !== 'ftyp') return false;
    if (type === 'mdat') return true;
    if (!['ftyp', 'free', 'skip', 'wide', 'uuid'].includes(type)) return false;
    const short = bytes.readUInt32BE(at);
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    if (size < 8) return false;
    at += size;
  }
  return false;
};

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Asks what is at an address.
 * @returns `file` null for what is no plain file, or can't be told: ffmpeg is asked then; `isClockless` for pictures
 *   that come without times
 * @throws AppError `address-forbidden`, `address-missing`, `address-unreachable`, `address-timeout`, `not-allowed`,
 *   `cancelled`
 */
export const offerOf = async (address: string, { proxy, userAgent, signal }: FetchOptions): Promise<Offer> => {
  const url = clipAddresses.check(address);
  const silence = AbortSignal.timeout(silenceMs);
  const headers = { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': 'identity' };
  let answer: HttpAnswer;
  try {
    answer = await getFile(url, headers, { proxy, signal: AbortSignal.any([signal, silence]), redirect: clipAddresses.redirect });
  } catch (error) {
    if (signal.aborted) throw AppError.from(signal.reason);
    if (silence.aborted) throw addressError('address-timeout', address, error);
    if (error instanceof AppError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && unreachable.has(code)) throw addressError('address-unreachable', address, error);
    if (code === 'ETIMEDOUT') throw addressError('address-timeout', address, error);
    return noFile;
  }
  try {
    const { status } = answer;
    // With a password there are ways to give it that only ffmpeg knows.
    if (status === 403 || (status === 401 && url.password === '')) throw addressError('address-forbidden', address);
    if (status === 404 || status === 410) throw addressError('address-missing', address);
    const bytes = Number(answer.headers['content-length'] ?? 0);
    const extension = extname(url.pathname);
    const isPlaylist = [extension, extname(answer.url.pathname)].some((name) => playlistNames.test(name));
    const type = answer.headers['content-type'] ?? '';
    if (clocklessTypes.test(type)) return { file: null, isClockless: true };
    if (status !== 200 || isPlaylist || playlistTypes.test(type) || answer.headers['content-encoding'] !== undefined) return noFile;
    const first = await beginning(answer);
    if (playlistText.test(first.toString('utf8', 0, 64)) || (bytes === 0 && !hasTablesLast(first))) return noFile;
    return { file: { bytes, extension: extension || (bytes === 0 ? '.mp4' : '') }, isClockless: false };
  } finally {
    answer.close();
  }
};

/**
 * @param part where it is gathered; what has come stays there when it fails
 * @throws AppError `download-failed` when it broke off too often, `disk-full`, `output-unwritable`, `cancelled`
 */
export const fetchFile = async (
  url: string,
  part: string,
  offer: FileOffer,
  options: FetchOptions,
  onProgress: (done: number, total: number) => void,
): Promise<void> => {
  await download(
    {
      ...options,
      url,
      partPath: part,
      bytes: null,
      mostBytes: Number.MAX_SAFE_INTEGER,
      hasSha256: false,
      rules: clipAddresses,
      mostFailures,
      onProgress: ({ done }) => onProgress(done, offer.bytes),
    },
    { clock: systemClock, disk: systemDisk },
  );
};
