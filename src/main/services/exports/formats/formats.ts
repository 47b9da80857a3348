/** The formats of tables by their names. */
import { join } from 'node:path';
import type { TableFormat } from '../../../../shared/export-choice.ts';
import type { Output } from '../../../common/check-outputs.ts';
import type { TableSource } from '../table-source.ts';
import { cvatText } from './cvat.ts';
import type { FormatFile } from './format.ts';
import { labelStudioText } from './label-studio.ts';
import { motsText, motText } from './mot.ts';
import { vocFiles } from './voc.ts';
import { yoloBoxFiles, yoloSegFiles } from './yolo.ts';
import { youtubeVisText } from './youtube-vis.ts';

type Format =
  | {
      file: string;
      text: (source: TableSource, clipName: string, appVersion: string) => Iterable<string>;
      /** In how many parts the text comes. */
      partsOf: (frames: number, objects: number) => number;
    }
  | { folder: string; holds: RegExp; files: (source: TableSource, clipName: string) => Iterable<FormatFile> };

const byFrame = (frames: number): number => frames;
const byObject = (_frames: number, objects: number): number => objects;
const byBoth = (frames: number, objects: number): number => frames * objects;

/** The picture files that a user adds for training are theirs. */
const yoloNames = /^(data\.yaml|labels)$/;

export const formats: Readonly<Record<TableFormat, Format>> = {
  mot: { file: 'mot.txt', text: motText, partsOf: byFrame },
  mots: { file: 'mots.txt', text: motsText, partsOf: byFrame },
  'youtube-vis': { file: 'youtube-vis.json', text: youtubeVisText, partsOf: byBoth },
  'label-studio': { file: 'label-studio.json', text: labelStudioText, partsOf: byObject },
  cvat: { file: 'cvat.xml', text: cvatText, partsOf: byObject },
  voc: { folder: 'voc', holds: /\.xml$/, files: vocFiles },
  'yolo-box': { folder: 'yolo-box', holds: yoloNames, files: yoloBoxFiles },
  'yolo-seg': { folder: 'yolo-seg', holds: yoloNames, files: yoloSegFiles },
};

/** Where a format is written. */
export const formatOutput = (directory: string, name: TableFormat): Output => {
  const format = formats[name];
  return 'file' in format
    ? { path: join(directory, format.file), kind: 'file' }
    : { path: join(directory, format.folder), kind: 'folder', holds: format.holds };
};
