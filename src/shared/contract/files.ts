/** Methods of the file browser: the folders of the machine that runs the app. */
import { z } from 'zod';
import { folderListingSchema } from '../files.ts';
import type { MethodTable } from './ids.ts';

const path = z.string().min(1).max(4096);

export const fileMethods = {
  /** What is in a folder; null: the folders that this window may look into. */
  'files.list': { input: z.object({ folder: path.nullable() }), output: folderListingSchema },
  /** A picture of a file that is not open, as a data: address; null where there is none to make. */
  'files.thumbnail': { input: z.object({ path }), output: z.object({ url: z.string().nullable() }) },
} satisfies MethodTable;
