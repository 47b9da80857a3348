/**
 * The ledger of a batch: what became of each clip, a line of JSON each. A line is added when a clip's folder is whole,
 * so that a batch that was killed goes on where it stopped.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { serializedErrorSchema } from '../../../shared/serialized-error.ts';
import { writeAtomicallySync } from '../../common/atomic-file.ts';

export const ledgerEntrySchema = z.object({
  /** The clip's name in the batch. */
  clip: z.string().min(1),
  /** sha256 of the clip and the job: another clip of that name, or another job, is other work. */
  key: z.string().min(1),
  state: z.enum(['done', 'failed']),
  /** Name of the clip's folder beside the ledger; null when it failed. */
  folder: z.string().nullable(),
  frames: z.number().int().nonnegative(),
  objects: z.array(z.object({ name: z.string(), foundFrames: z.number().int().nonnegative() })),
  seconds: z.number().nonnegative(),
  error: serializedErrorSchema.nullable(),
  /** When it ended, ISO 8601. */
  at: z.string(),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** A line that a kill cut off is passed over: its clip is done again or its folder found. */
const readLines = (text: string): LedgerEntry[] =>
  text.split('\n').flatMap((line) => {
    try {
      return [ledgerEntrySchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });

export class Ledger {
  readonly #path: string;
  readonly #entries = new Map<string, LedgerEntry>();

  /** @throws AppError `output-unwritable` */
  constructor(path: string) {
    this.#path = path;
    let text = '';
    try {
      text = readFileSync(path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new AppError('output-unwritable', `${path} can't be read (${(cause as NodeJS.ErrnoException).code}).`, { cause });
    }
    for (const entry of readLines(text)) this.#entries.set(entry.clip, entry);
    // The next line must not be added to one that was cut off.
    if (text !== '' && !text.endsWith('\n')) this.compact();
  }

  get(clip: string): LedgerEntry | null {
    return this.#entries.get(clip) ?? null;
  }

  /** In the order of the clips' names. */
  get entries(): LedgerEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.clip < b.clip ? -1 : 1));
  }

  /** On the disk when it returns. */
  add(entry: LedgerEntry): void {
    this.#entries.set(entry.clip, entry);
    const file = openSync(this.#path, 'a');
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** One line a clip, in order. */
  compact(): void {
    writeAtomicallySync(this.#path, this.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  }
}
