/** An address without the user's name and password, for messages. Everything up to the last "@" before the path is theirs. */
export const shownAddress = (url: string): string => url.replace(/^(\w+:\/\/)[^/?#]*@/, '$1');

/** What ffmpeg said, without names and passwords in the addresses it repeats. */
export const withoutSecrets = (said: string): string => said.replaceAll(/(\w+:\/\/)[^/?#\s]*@/g, '$1');
