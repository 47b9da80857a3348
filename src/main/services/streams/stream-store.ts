/** The configured streams, in a file that its owner alone may read: an address may hold a password. */
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type StreamConfig, streamConfigSchema, streamIdSchema } from '../../../shared/streams.ts';
import { writeJsonSync } from '../../common/atomic-file.ts';

const fileSchema = z.object({ version: z.literal(1), streams: z.record(streamIdSchema, streamConfigSchema) });

export interface StreamStore {
  readonly all: ReadonlyMap<string, StreamConfig>;
  /** @throws AppError `bad-request` for a name that another stream has */
  put(id: string | null, config: StreamConfig): string;
  remove(id: string): void;
}

/** Streams that somebody else keeps: those of `sam2-video watch` are in its own file. */
export class MemoryStreams implements StreamStore {
  readonly all = new Map<string, StreamConfig>();

  put(id: string | null, config: StreamConfig): string {
    const other = [...this.all].find(([otherId, { name }]) => otherId !== id && name === config.name);
    if (other) throw new AppError('bad-request', `There is a stream "${config.name}" already. Choose another name.`);
    const own = id ?? randomUUID();
    this.all.set(own, config);
    return own;
  }

  remove(id: string): void {
    this.all.delete(id);
  }
}

export class StreamFile extends MemoryStreams {
  readonly #path: string;

  /** @param onUnreadable told when the file is damaged; it is then left as it is until a stream is changed */
  constructor(path: string, onUnreadable: (error: AppError) => void) {
    super();
    this.#path = path;
    if (!existsSync(path)) return;
    try {
      const { streams } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      for (const [id, config] of Object.entries(streams)) this.all.set(id, config);
    } catch (cause) {
      onUnreadable(
        new AppError('bad-request', `The list of streams could not be read (${path}). Repair or remove the file, then start again.`, {
          cause,
        }),
      );
    }
  }

  override put(id: string | null, config: StreamConfig): string {
    const own = super.put(id, config);
    this.#save();
    return own;
  }

  override remove(id: string): void {
    super.remove(id);
    this.#save();
  }

  #save(): void {
    writeJsonSync(this.#path, { version: 1, streams: Object.fromEntries(this.all) });
    chmodSync(this.#path, 0o600);
  }
}
