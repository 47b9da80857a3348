/**
 * Prompts on the command line:
 *   --point 410,260@0   --negative 500,300@0   --box x,y,w,h@0   --mask file.png@0
 *   --object "bunny:point=410,260@0;negative=500,300@0;box=100,80,200,240@12;mask=m.png@20"
 * Coordinates are source pixels, frames are 0-based.
 */
import { AppError } from '../../shared/errors.ts';
import type { Box, PromptPoint } from '../../shared/prompts.ts';

export interface CliFramePrompt {
  frame: number;
  points: PromptPoint[];
  box: Box | null;
  /** Path of a PNG: pixels that are not black and not transparent are the object. */
  maskFile: string | null;
}

export interface CliObject {
  name: string | null;
  prompts: CliFramePrompt[];
}

type PromptKind = 'point' | 'negative' | 'box' | 'mask';
interface ParsedPrompt {
  kind: PromptKind;
  frame: number;
  numbers: number[];
  file: string;
}

const examples: Record<PromptKind, string> = { point: '410,260@0', negative: '500,300@0', box: '100,80,200,240@0', mask: 'mask.png@0' };

const refuse = (kind: PromptKind, text: string): never => {
  throw new AppError(
    'prompt-invalid',
    `"${text}" is not a ${kind}. Write it as ${examples[kind]}: coordinates in pixels, then @ and the frame number (the first frame is 0).`,
  );
};

export const parsePrompt = (kind: PromptKind, text: string): ParsedPrompt => {
  const at = text.lastIndexOf('@');
  const frameText = text.slice(at + 1);
  if (at <= 0 || !/^\d+$/.test(frameText)) return refuse(kind, text);
  const frame = Number(frameText);
  const value = text.slice(0, at);
  if (kind === 'mask') return { kind, frame, numbers: [], file: value };
  const numbers = value.split(',').map((part) => (/^\s*-?\d+(\.\d+)?\s*$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.length !== (kind === 'box' ? 4 : 2) || numbers.some(Number.isNaN)) return refuse(kind, text);
  if (kind === 'box' && (numbers[2]! <= 0 || numbers[3]! <= 0)) {
    throw new AppError('prompt-invalid', `The box "${text}" is empty: x,y,width,height need a width and a height above 0.`);
  }
  return { kind, frame, numbers, file: '' };
};

const isKind = (text: string): text is PromptKind => Object.hasOwn(examples, text);

/** Gathers prompts by frame. @throws AppError `prompt-invalid` for two boxes, or a mask beside points, on one frame */
const gather = (prompts: readonly ParsedPrompt[]): CliFramePrompt[] => {
  const frames = new Map<number, CliFramePrompt>();
  for (const { kind, frame, numbers, file } of prompts) {
    let prompt = frames.get(frame);
    if (!prompt) {
      prompt = { frame, points: [], box: null, maskFile: null };
      frames.set(frame, prompt);
    }
    if (kind === 'mask') prompt.maskFile = file;
    else if (kind === 'box') {
      if (prompt.box)
        throw new AppError('prompt-invalid', `Frame ${frame} has two boxes for one object. Give one, or make two objects with --object.`);
      prompt.box = { x: numbers[0]!, y: numbers[1]!, width: numbers[2]!, height: numbers[3]! };
    } else prompt.points.push({ x: numbers[0]!, y: numbers[1]!, label: kind === 'point' ? 1 : 0 });
    if (prompt.maskFile && (prompt.points.length > 0 || prompt.box)) {
      throw new AppError(
        'prompt-invalid',
        `Frame ${frame} has both a mask and points or a box for one object. Use one or the other on a frame.`,
      );
    }
  }
  return [...frames.values()].sort((a, b) => a.frame - b.frame);
};

/** `name:kind=value;kind=value` */
export const parseObject = (text: string): CliObject => {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon).trim();
  if (colon <= 0 || name === '')
    throw new AppError('prompt-invalid', `"${text}" is not an object. Write it as "name:point=410,260@0;box=100,80,200,240@12".`);
  const prompts = text
    .slice(colon + 1)
    .split(';')
    .filter((item) => item.trim() !== '')
    .map((item) => {
      const equals = item.indexOf('=');
      const kind = item.slice(0, equals).trim();
      if (equals <= 0 || !isKind(kind))
        throw new AppError('prompt-invalid', `"${item}" in the object "${name}" is not a prompt. Known: point=, negative=, box=, mask=.`);
      return parsePrompt(kind, item.slice(equals + 1).trim());
    });
  if (prompts.length === 0) throw new AppError('prompt-invalid', `The object "${name}" has no prompt. Give it a point, a box or a mask.`);
  return { name, prompts: gather(prompts) };
};

/** Objects of a command line: the bare prompts make one, each --object another. */
export const collectObjects = (options: {
  point: string[];
  negative: string[];
  box: string[];
  mask: string[];
  object: string[];
}): CliObject[] => {
  const bare = [
    ...options.point.map((text) => parsePrompt('point', text)),
    ...options.negative.map((text) => parsePrompt('negative', text)),
    ...options.box.map((text) => parsePrompt('box', text)),
    ...options.mask.map((text) => parsePrompt('mask', text)),
  ];
  const objects = options.object.map(parseObject);
  if (bare.length > 0) objects.unshift({ name: null, prompts: gather(bare) });
  if (objects.length === 0)
    throw new AppError(
      'prompt-invalid',
      'Say what to track: --point x,y@frame, --box x,y,w,h@frame, --mask file.png@frame or --object "name:point=x,y@frame".',
    );
  return objects;
};
