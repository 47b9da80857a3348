/** What a user chooses of an export: which files, which part of the clip, which objects, and how masks are drawn. */
import { z } from 'zod';
import { redactionSchema } from './redaction.ts';

export const overlayStyleSchema = z.object({
  contours: z.boolean(),
  /** Opacity of the colour over the object, 0 = none. */
  fill: z.number().min(0).max(1),
  /** The object's name above it. */
  labels: z.boolean(),
});
export type OverlayStyle = z.infer<typeof overlayStyleSchema>;

export const defaultOverlayStyle: OverlayStyle = { contours: true, fill: 0.4, labels: false };

/** Tables in the forms of other programs, beside COCO and CSV. */
export const tableFormats = ['yolo-seg', 'yolo-box', 'mot', 'mots', 'youtube-vis', 'cvat', 'label-studio', 'voc'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** A folder's own name: no path, and nothing that a file system refuses. */
const folderName = z
  .string()
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  .regex(/^(?!\.{1,2}$)[^/\\:*?"<>|\x00-\x1f]+$/, 'not the name of a folder');

export const exportChoiceSchema = z.object({
  /** The files are written into this folder; by default into a new one. */
  directory: z.string().min(1).optional(),
  /** The new folder is made in this one; by default in the folder of the settings. */
  parent: z.string().min(1).optional(),
  /** Name of the new folder; by default the clip's and the time. */
  folderName: folderName.optional(),
  /** Files of an earlier export in `directory` may be replaced; by default that is refused. */
  overwrite: z.boolean().optional(),
  video: z.boolean(),
  masks: z.boolean(),
  json: z.boolean(),
  coco: z.boolean().optional(),
  csv: z.boolean().optional(),
  formats: z.array(z.enum(tableFormats)).optional(),
  /** Frames to write, inclusive; the whole clip by default. */
  from: z.number().int().nonnegative().optional(),
  to: z.number().int().nonnegative().optional(),
  /** Objects to write; by default those that are shown, and in the tables all. */
  objectIds: z.array(z.number().int().positive()).optional(),
  /** How masks are drawn into the video; null: not at all. */
  overlays: overlayStyleSchema.nullable().optional(),
  /** Hides objects in the video, which is then called redacted.mp4 and has no masks drawn into it. */
  redaction: redactionSchema.optional(),
});

export const exportEstimateSchema = z.object({
  bytes: z.number().nonnegative(),
  /** Some of the clip was encoded to find out; false: going by the clip's own size. */
  isMeasured: z.boolean(),
  /** On the disk of the folder; null when nobody knows. */
  freeBytes: z.number().nonnegative().nullable(),
  /** The folder that a new one would be made in, its name, and both joined. */
  parent: z.string(),
  folderName: z.string(),
  directory: z.string(),
});
export type ExportEstimate = z.infer<typeof exportEstimateSchema>;
