/** What a batch has done, for people: a table, CSV and a page with contact sheets. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvCell } from '../../common/csv-cell.ts';
import { xmlText } from '../../common/xml-text.ts';
import type { LedgerEntry } from './ledger.ts';

const objectsText = ({ objects, frames }: LedgerEntry): string =>
  objects.map(({ name, foundFrames }) => `${name} (${foundFrames} of ${frames} frames)`).join(', ');

/** One line a clip. */
export const summaryCsv = (entries: readonly LedgerEntry[]): string => {
  const rows = entries.map(({ clip, state, frames, objects, seconds, folder, error }) => [
    clip,
    state,
    frames,
    objects.length,
    seconds,
    folder ?? '',
    error?.code ?? '',
    error?.message ?? '',
  ]);
  const heading = ['clip', 'state', 'frames', 'objects', 'seconds', 'folder', 'error', 'message'];
  return [heading, ...rows].map((row) => `${row.map((value) => csvCell(String(value))).join(',')}\r\n`).join('');
};

/** For a terminal. */
export const summaryTable = (entries: readonly LedgerEntry[]): string => {
  const width = Math.max(4, ...entries.map(({ clip }) => clip.length));
  const lines = entries.map((entry) => {
    const { clip, state, error } = entry;
    return `${clip.padEnd(width)}  ${state.padEnd(6)}  ${error ? `${error.code}: ${error.message}` : objectsText(entry) || 'no object'}`;
  });
  const done = entries.filter(({ state }) => state === 'done').length;
  const failed = entries.length - done;
  return `${[...lines, `${done} done, ${failed} failed`].join('\n')}\n`;
};

const addressOf = (folder: string, file: string): string => [...folder.split('/'), file].map(encodeURIComponent).join('/');

/** @param out the batch's folder, where the page lies */
export const summaryHtml = (entries: readonly LedgerEntry[], out: string): string => {
  const rows = entries.map((entry) => {
    const { clip, state, folder, seconds, error } = entry;
    const sheet = folder !== null && existsSync(join(out, folder, 'contact-sheet.png')) ? addressOf(folder, 'contact-sheet.png') : null;
    const name = folder === null ? xmlText(clip) : `<a href="${xmlText(addressOf(folder, ''))}">${xmlText(clip)}</a>`;
    const told = error ? xmlText(error.message) : xmlText(objectsText(entry) || 'No object.');
    const picture = sheet ? `<img src="${xmlText(sheet)}" alt="Contact sheet of ${xmlText(clip)}" loading="lazy">` : '';
    return `<tr class="${state}"><th scope="row">${name}</th><td>${state}</td><td>${told}</td><td>${seconds.toFixed(1)} s</td><td>${picture}</td></tr>`;
  });
  const done = entries.filter(({ state }) => state === 'done').length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Batch: ${done} of ${entries.length} clips done</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #1c1f24; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem; border-bottom: 1px solid #ccd; }
tr.failed td:nth-child(2) { color: #a01020; font-weight: 600; }
img { max-width: 24rem; }
@media print { img { max-width: 16rem; } tr { break-inside: avoid; } }
</style>
<h1>${done} of ${entries.length} clips done</h1>
<table>
<thead><tr><th scope="col">Clip</th><th scope="col">State</th><th scope="col">Objects</th><th scope="col">Time</th><th scope="col">Contact sheet</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</html>
`;
};
