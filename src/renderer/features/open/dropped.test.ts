import { expect, it } from 'vitest';
import { droppedFiles } from './dropped.ts';

const file = (name: string): File => new File(['x'], name);
const item = (isDirectory: boolean) => ({ webkitGetAsEntry: () => ({ isDirectory }) });

it('all files are opened, in their order, and a folder is told from a file', () => {
  const [first, second] = [file('a.mp4'), file('pictures')];
  expect(droppedFiles({ files: [first, second], items: [item(false), item(true)] })).toEqual([
    { file: first, isFolder: false },
    { file: second, isFolder: true },
  ]);
});

it('where nobody says, it is a file', () => {
  const isFolder = (entry: { webkitGetAsEntry?(): null }): boolean[] =>
    droppedFiles({ files: [file('a.mp4')], items: [entry] }).map((dropped) => dropped.isFolder);
  expect(isFolder({ webkitGetAsEntry: () => null })).toEqual([false]);
  expect(isFolder({})).toEqual([false]);
});

it('text that is dropped is no file', () => {
  expect(droppedFiles({ files: [], items: [item(false)] })).toEqual([]);
});
