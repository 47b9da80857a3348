/**
 * Short texts as pictures, for labels in a video. ffmpeg draws them: it is there, brings its text shaping and finds the
 * system's fonts.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { spawnFfmpeg } from '../media/ffmpeg-process.ts';

export interface TextPicture {
  width: number;
  height: number;
  /** Coverage 0..255, row-major. */
  alpha: Uint8Array;
}

const mostLetters = 40;
const widest = 2048;
/** Texts per run of ffmpeg: its argument stays short. */
const perRun = 50;

/** Fonts for an ffmpeg that can't look for one by itself. */
const knownFonts = [
  'C:/Windows/Fonts/segoeui.ttf',
  'C:/Windows/Fonts/arial.ttf',
  '/System/Library/Fonts/Helvetica.ttc',
  '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
];

/** One line that is not too long. */
export const labelText = (name: string): string => {
  const letters = [...name.replaceAll(/\s+/g, ' ').trim()];
  return letters.length > mostLetters ? `${letters.slice(0, mostLetters - 1).join('')}…` : letters.join('');
};

/** A path as a value in a filter graph: quoted for the graph, escaped for the filter's options. */
const filterValue = (path: string): string => `'${path.replaceAll('\\', '/').replaceAll(':', '\\:').replaceAll("'", String.raw`'\\\''`)}'`;

/**
 * @param size of the letters in px
 * @returns a picture for each text, as wide as its letters
 * @throws AppError `encode-failed` when this ffmpeg draws no text
 */
export const renderTexts = async (texts: readonly string[], size: number, ffmpeg: string): Promise<TextPicture[]> => {
  const pictures: TextPicture[] = [];
  for (let at = 0; at < texts.length; at += perRun) pictures.push(...(await renderRun(texts.slice(at, at + perRun), size, ffmpeg)));
  return pictures;
};

/** Some versions of ffmpeg make plain pictures of odd sizes a pixel smaller. */
const even = (length: number): number => 2 * Math.ceil(length / 2);

const renderRun = async (texts: readonly string[], size: number, ffmpeg: string): Promise<TextPicture[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'sam2-video-labels-'));
  try {
    const height = even(size * 1.4);
    const width = Math.min(widest, even(Math.max(...texts.map((text) => text.length)) * size * 1.2) + 16);
    await Promise.all(texts.map((text, i) => writeFile(join(folder, `${i}.txt`), text)));
    const draw = (font: string | null): string[] =>
      texts.map(
        (_, i) =>
          `drawtext=textfile=${filterValue(join(folder, `${i}.txt`))}${font ? `:fontfile=${filterValue(font)}` : ''}:expansion=none:fontcolor=white:fontsize=${size}:x=1:y=${i * height + size}-ascent`,
      );
    let reason: unknown;
    for (const font of [null, ...knownFonts.filter((path) => existsSync(path))]) {
      const filter = ['format=gray', ...draw(font)].join(',');
      const input = ['-f', 'lavfi', '-i', `color=c=black:s=${width}x${height * texts.length}:r=1:d=1`];
      const output = ['-vf', filter, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
      try {
        const child = spawnFfmpeg(ffmpeg, { args: [...input, ...output] });
        const parts: Buffer[] = [];
        child.stdout.on('data', (part: Buffer) => parts.push(part));
        const { code } = await child.exit;
        const gray = Buffer.concat(parts);
        if (code === 0 && gray.length >= width * height * texts.length)
          return texts.map((_, i) => cropped(gray.subarray(i * width * height, (i + 1) * width * height), width, height));
        reason = child.stderr.lastError();
      } catch (error) {
        reason = error;
      }
    }
    throw new AppError('encode-failed', `The labels could not be drawn by this ffmpeg (${String(reason)}). Export without labels.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Without the empty columns on the right. */
const cropped = (gray: Uint8Array, width: number, height: number): TextPicture => {
  let used = 1;
  for (let y = 0; y < height; y++) for (let x = width - 1; x >= used; x--) if (gray[y * width + x]! > 16) used = x + 1;
  // Full-range gray or video levels, as the build of ffmpeg likes it.
  const most = gray.reduce((a, b) => Math.max(a, b), 1);
  const least = gray.reduce((a, b) => Math.min(a, b), 255);
  const alpha = new Uint8Array(used * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < used; x++) alpha[y * used + x] = Math.round((255 * (gray[y * width + x]! - least)) / Math.max(1, most - least));
  return { width: used, height, alpha };
};
