/** What an export is asked for. */
import type { TableFormat } from '../../../shared/export-choice.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { PicturesRequest } from './export-pictures.ts';

export interface ExportRequest extends PicturesRequest {
  /** Files of an earlier export may be replaced. */
  overwrite?: boolean | undefined;
  /** Files and folders that the work was made from, beside the clip: none of them is written to. */
  inputs?: readonly string[] | undefined;
  json: boolean;
  /** COCO JSON with run lengths, and a table of tracks. */
  coco?: boolean | undefined;
  csv?: boolean | undefined;
  /** Tables in the forms of other programs. */
  formats?: readonly TableFormat[] | undefined;
  /** Objects to write; those that are shown by default, and all in the tables. */
  objectIds?: number[] | undefined;
  /** Frames to write, inclusive; the whole clip by default. */
  range?: { from: number; to: number } | undefined;
  /** The work was cut short: said in results.json. */
  partial: boolean;
  /** How objects are remembered: said in results.json. */
  memory: MemorySettings;
}
