/** An address without the user's name and password, for messages. Everything up to the last "@" before the path is theirs. */
export const shownAddress = (url: string): string => url.replace(/^(\w+:\/\/)[^/?#]*@/, '$1');
