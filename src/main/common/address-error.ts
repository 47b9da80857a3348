/** Why an address gives nothing, with what the user can do: from ffmpeg's words and from an answer over http. */
import { AppError } from '../../shared/errors.ts';
import { shownAddress, withoutSecrets } from './shown-address.ts';

const reasons = {
  'address-forbidden': ['refuses access without a valid name and password', 'Put them into the address: scheme://name:password@host/…'],
  'address-missing': ['is not there', 'Check the address.'],
  'address-unreachable': ['could not be reached', 'Check the address and the network.'],
  'address-timeout': ['does not respond', 'Check that it is running, and try again.'],
} as const;
export type AddressReason = keyof typeof reasons;

export const addressError = (code: AddressReason, url: string, cause?: unknown): AppError => {
  const [what, help] = reasons[code];
  return new AppError(code, `${shownAddress(url)} ${what}. ${help}`, cause === undefined ? {} : { cause });
};

const words: readonly (readonly [RegExp, AddressReason])[] = [
  [/\b40[13]\b|Unauthorized|Forbidden/i, 'address-forbidden'],
  [/\b404\b|Not Found/i, 'address-missing'],
  [/refused|unreachable|resolve|getaddrinfo|No route/i, 'address-unreachable'],
  [/timed out|timeout/i, 'address-timeout'],
];

/** @param said ffmpeg's last words */
export const addressErrorOf = (url: string, said: string): AppError => {
  // The address itself is no reason, whatever its port and path are.
  const reason = said.replaceAll(/\w+:\/\/\S+/g, '');
  const known = words.find(([pattern]) => pattern.test(reason));
  if (known) return addressError(known[1], url);
  const where = shownAddress(url);
  if (/matches no streams|Output file does not contain any stream/i.test(said))
    return new AppError('source-no-video', `${where} has no video in it. Use the address of a video.`);
  if (/Protocol .* not on whitelist/i.test(said))
    return new AppError(
      'source-unreadable',
      `${where} leads to an unsupported address. Only http, https, rtsp, rtmp and srt are supported.`,
    );
  return new AppError(
    'source-unreadable',
    `${where} could not be read as a video (${withoutSecrets(said)}). Use the address of a video file or stream.`,
  );
};
