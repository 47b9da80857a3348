/** One round: starts the host, kills it after some lines, and looks whether everything it acknowledged is on the disk. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { decodeMaskRecord } from '../../src/main/services/mask-record.ts';
import { MaskFiles } from '../../src/main/services/project/mask-files.ts';
import { readProjectFile, workName } from '../../src/main/services/project/project.ts';
import { readWorkLog } from '../../src/main/services/project/work-log.ts';

type Line = { t: 'edit'; folder: string; bytes: number; digest: string } | { t: 'frame'; object: number; track: number; frame: number };

export interface Round {
  edits: number;
  frames: number;
  /** What was acknowledged and is not there; empty is right. */
  lost: string[];
}

const hostPath = fileURLToPath(new URL('./host.ts', import.meta.url));

/** @param lines after how many acknowledged changes the host is killed */
export const killHost = async (dataDir: string, clip: string, lines: number): Promise<Round> => {
  const child = spawn(process.execPath, [hostPath, dataDir, clip], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const told: Line[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    // The last line may be torn by the kill: it was not told.
    if (!text.endsWith('}')) continue;
    told.push(JSON.parse(text) as Line);
    if (told.length === lines) child.kill('SIGKILL');
  }
  if (told.length < lines) throw new Error(`the host ended by itself: ${said}`);
  const edits = told.filter((line) => line.t === 'edit');
  const frames = told.filter((line) => line.t === 'frame');
  return { edits: edits.length, frames: frames.length, lost: lostOf(edits, frames) };
};

const lostOf = (edits: Extract<Line, { t: 'edit' }>[], frames: Extract<Line, { t: 'frame' }>[]): string[] => {
  const lost: string[] = [];
  const last = edits.at(-1)!;
  const log = readFileSync(join(last.folder, workName));
  const acknowledged = readWorkLog(log.subarray(0, last.bytes));
  const digest = createHash('sha256').update(JSON.stringify(acknowledged.work.objects)).digest('hex');
  if (acknowledged.bytes !== last.bytes || digest !== last.digest) lost.push(`edit ${edits.length}`);
  const masks = new MaskFiles(last.folder, readProjectFile(last.folder).generation, () => {});
  for (const { object, track, frame } of frames) {
    const row = masks.rowIndex.get(track, frame);
    const counts = row && decodeMaskRecord(masks.read(row.offset, row.length)).counts;
    if (!counts?.startsWith(`${object}:${frame}:`)) lost.push(`frame ${frame}`);
  }
  masks.close();
  return lost;
};
