/** Addresses for messages and logs: without what gives access. */

/** Everything up to the last "@" before the path. */
const credentials = /(\w+:\/\/)[^/?#\s]*@/g;
/** Fields of a query that hold a password, a key or a signature (SRT's passphrase, links that are signed). */
const secretFields = /([?&](?:[\w-]*(?:pass|pwd|token|secret|sign|auth|credential)[\w-]*|sig|[\w-]*key[\w-]*)=)[^&#\s]+/gi;

/** Whether there is something in an address that is for its server alone. */
export const hasSecrets = (url: string): boolean => withoutSecrets(url) !== url;

/** What ffmpeg said, without what is secret in the addresses it repeats. */
export const withoutSecrets = (said: string): string => said.replaceAll(credentials, '$1').replaceAll(secretFields, '$1…');

/** An address without the user's name, password and keys. */
export const shownAddress = (url: string): string => url.replace(/^(\w+:\/\/)[^/?#]*@/, '$1').replaceAll(secretFields, '$1…');
