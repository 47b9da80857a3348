/** Reads an asar archive: what is in it, and what lies beside it in `<archive>.unpacked`. */
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

interface Node {
  files?: Record<string, Node> | undefined;
  size?: number | undefined;
  offset?: string | undefined;
  unpacked?: boolean | undefined;
}

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    files: z.record(z.string(), nodeSchema).optional(),
    size: z.number().optional(),
    offset: z.string().optional(),
    unpacked: z.boolean().optional(),
  }),
);

export interface PackedFile {
  size: number;
  isUnpacked: boolean;
  read(): Buffer;
}

/**
 * Every file by its path in the archive ("out/main/index.js"). The header is a Chromium pickle: four lengths, then
 * JSON.
 */
export const readAsar = (path: string): Map<string, PackedFile> => {
  const bytesAt = (offset: number, length: number): Buffer => {
    const fd = openSync(path, 'r');
    const bytes = Buffer.alloc(length);
    readSync(fd, bytes, 0, length, offset);
    closeSync(fd);
    return bytes;
  };
  const lengths = bytesAt(0, 16);
  const start = 8 + lengths.readUInt32LE(4);
  const files = new Map<string, PackedFile>();
  const walk = (node: Node, at: string): void => {
    for (const [name, child] of Object.entries(node.files ?? {})) {
      const inner = at === '' ? name : `${at}/${name}`;
      if (child.files) {
        walk(child, inner);
        continue;
      }
      const size = child.size ?? 0;
      const isUnpacked = child.unpacked === true;
      const read = () => (isUnpacked ? readFileSync(join(`${path}.unpacked`, inner)) : bytesAt(start + Number(child.offset), size));
      files.set(inner, { size, isUnpacked, read });
    }
  };
  walk(nodeSchema.parse(JSON.parse(bytesAt(16, lengths.readUInt32LE(12)).toString('utf8'))), '');
  return files;
};

/** Writes all files below a folder, as the app would see them. */
export const extractAsar = (path: string, folder: string): void => {
  for (const [inner, file] of readAsar(path)) {
    const target = join(folder, inner);
    mkdirSync(dirname(target), { recursive: true });
    // Programs lie beside the archive and keep their mode.
    if (file.isUnpacked) copyFileSync(join(`${path}.unpacked`, inner), target);
    else writeFileSync(target, file.read());
  }
};
