/** Lines of a text stream, as they come. */
import type { Readable } from 'node:stream';

/**
 * Hands each whole line to `onLine`, without its line end.
 * @returns asks for what has come of a line that is not whole
 */
export const eachLine = (stream: Readable, onLine: (line: string) => void): (() => string) => {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
  });
  return () => rest;
};
