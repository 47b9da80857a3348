/** Words of the window live in strings.ts files, so that another language is another set of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');
const renderer = join(source, 'renderer');

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

/** A noun chosen by its count, and numbers and dates written otherwise than everywhere else. */
const byHand = [
  /(?:[=!]==? ?1|> ?1) \? (?:(['"`])\1|['"`] ?[a-z0-9])/gi,
  / [a-z]{3,}\(s\)/g,
  /\.toLocale\w*String\(/g,
  /Intl\.(?!Collator)\w+/g,
];

it('plurals, counts and dates come from shared/language.ts', () => {
  const found = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.') && path !== join('shared', 'language.ts'))
    .flatMap((path) => {
      const text = readFileSync(join(source, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return byHand.flatMap((pattern) => [...text.matchAll(pattern)].map(([words]) => `${path}: ${words}`));
    });
  expect(found).toEqual([]);
});
