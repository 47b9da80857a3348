/** Words of the window live in strings.ts files, so that another language is another set of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const renderer = resolve(import.meta.dirname, '../../src/renderer');

/** A word of a sentence between tags or in an attribute that is read. The product's name is a name. */
const literal =
  /(?:>\s*|^\s+)(?!SAM2 Video)[A-Z][a-z]+(?: [\w'-]+)*[.…]?\s*(?=<|\{|$)|\b(?:label|title|placeholder|aria-label|alt)="[A-Z][^"]*"/gm;

it('no component holds words of its own', () => {
  const found = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx'))
    .flatMap((path) => {
      const text = readFileSync(join(renderer, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return [...text.matchAll(literal)]
        .map(([words]) => words.trim())
        .filter((words) => !/^(>\s*)?[A-Z]\w*$/.test(words) || words.startsWith('>'))
        .map((words) => `${path}: ${words}`);
    });
  expect(found).toEqual([]);
});
