import { expect, it } from 'vitest';
import { droppedFile } from './dropped.ts';

const file = (name: string): File => new File(['x'], name);
const item = (isDirectory: boolean) => ({ webkitGetAsEntry: () => ({ isDirectory }) });

it('the first file is opened, and the others are counted', () => {
  const first = file('a.mp4');
  expect(droppedFile({ files: [first, file('b.mp4'), file('c.mp4')], items: [item(false), item(false), item(false)] })).toEqual({
    file: first,
    others: 2,
    isFolder: false,
  });
});

it('a folder is told from a file', () => {
  expect(droppedFile({ files: [file('pictures')], items: [item(true)] })?.isFolder).toBe(true);
  // Where nobody says, it is a file.
  expect(droppedFile({ files: [file('a.mp4')], items: [{ webkitGetAsEntry: () => null }] })?.isFolder).toBe(false);
  expect(droppedFile({ files: [file('a.mp4')], items: [{}] })?.isFolder).toBe(false);
});

it('text that is dropped is no file', () => {
  expect(droppedFile({ files: [], items: [item(false)] })).toBeNull();
});
