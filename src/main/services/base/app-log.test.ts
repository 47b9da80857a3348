import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AppLog } from './app-log.ts';

it('rotates its files and keeps the newest lines at hand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sam2-log-'));
  const log = new AppLog(join(folder, 'logs', 'app.log'));
  for (let i = 0; i < 60; i++) log.add('info', `${i} ${'x'.repeat(100_000)}`);
  log.add('warning', 'two\nlines');
  expect(log.last(1)[0]).toMatch(/ warning two \| lines$/);
  expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['app.log', 'app.log.1', 'app.log.2', 'app.log.3']);
  expect(readFileSync(join(folder, 'logs', 'app.log'), 'utf8')).toContain('two | lines');
  rmSync(folder, { recursive: true });
});
