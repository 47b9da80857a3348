/**
 * One round: starts the host, kills it after some lines, and looks whether everything it acknowledged is on the disk.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MaskFiles } from '../../src/main/services/project/mask-files.ts';
import { readProjectFile, workName } from '../../src/main/services/project/project.ts';
import { readWorkLog } from '../../src/main/services/project/work-log.ts';
import { WriteFailures } from '../../src/main/services/project/write-failures.ts';
import { decodeMaskRecord } from '../../src/main/services/results/mask-record.ts';
import type { KeptWork, WorkHistory } from '../../src/main/services/session/kept-work.ts';
import { SettingsService } from '../../src/main/services/settings/settings-service.ts';
import { FileSettingsStore } from '../../src/main/services/settings/settings-store.ts';
import type { SettingValues } from '../../src/shared/settings.ts';
import { countsOf } from './scripted-engine.ts';
import { workDigest } from './work-digest.ts';

/** What the host says, a line of JSON each. */
export type Told =
  | { t: 'edit'; step: string; folder: string; bytes: number; digest: string }
  | { t: 'frame'; object: number; maskKey: number; frame: number }
  | { t: 'opened'; frames: number }
  | { t: 'settings'; serial: number }
  | { t: 'refused'; step: string }
  | { t: 'undone-all'; steps: number; isBack: boolean }
  | { t: 'engine-killed' }
  | { t: 'engine-back'; keptWork: boolean; notices: string[] };
type Line<T extends Told['t']> = Extract<Told, { t: T }>;

export interface Round {
  /** Acknowledged edits by kind. */
  edits: Map<string, number>;
  frames: readonly Line<'frame'>[];
  /** The engine was killed; null = it had not come back when the host was killed. */
  engine: 'lived' | 'came back' | null;
  /** The work as the next start has to show it. */
  digest: string;
  settings: number;
  /** Steps that were undone and redone at the start. */
  undone: number;
  /** What was acknowledged and is not there; empty is right. */
  lost: string[];
}

/** Settings are changed in steps with a number, which is kept in one of them. */
export const settingsSerial = (values: SettingValues): number => Number(values['export.folder']?.slice('folder-'.length) ?? 0);

const silent = { onChange: () => {}, notify: () => {} };

const digestOf = ({ work, history }: { work: KeptWork; history: WorkHistory }): string => workDigest(work, history.labels);

/**
 * @param hostPath host.ts, bundled
 * @param steps after how many of its steps the host is killed; 0 = as soon as it says anything
 * @param killsEngineAt after how many steps it kills its engine
 * @param undoesAll it undoes everything and redoes it first
 * @param former the round before in the same data folder
 */
export const killHost = async (
  hostPath: string,
  dataDir: string,
  clip: string,
  { steps, killsEngineAt, undoesAll }: { steps: number; killsEngineAt: number; undoesAll: boolean },
  former: Round | null,
): Promise<Round> => {
  const child = spawn(process.execPath, [hostPath, dataDir, clip, String(killsEngineAt), String(undoesAll)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const told: Told[] = [];
  let done = -1;
  for await (const text of createInterface({ input: child.stdout })) {
    // The last line may be torn by the kill: it was not told.
    if (!text.endsWith('}')) continue;
    told.push(JSON.parse(text) as Told);
    const { t } = told.at(-1)!;
    if (t === 'edit' || t === 'refused') done++;
    if (done >= steps) child.kill('SIGKILL');
  }
  if (done < steps) throw new Error(`the host ended by itself: ${said}`);
  const of = <T extends Told['t']>(t: T): Line<T>[] => told.filter((line): line is Line<T> => line.t === t);
  const edits = of('edit');
  const lost: string[] = [];

  if (former && edits[0]!.digest !== former.digest) lost.push('the start shows other work than the last run left');
  const openedFrames = of('opened')[0]?.frames;
  if (former && openedFrames !== undefined && openedFrames < new Set(former.frames.map(({ frame }) => frame)).size)
    lost.push('the start shows fewer masks than the last run left');

  const last = edits.at(-1)!;
  const log = readFileSync(join(last.folder, workName));
  const acknowledged = readWorkLog(log.subarray(0, last.bytes));
  if (acknowledged.bytes !== last.bytes || digestOf(acknowledged) !== last.digest) lost.push(`edit ${edits.length} (${last.step})`);

  const undone = of('undone-all')[0];
  if (undone && !undone.isBack) lost.push(`work, when ${undone.steps} steps were undone and redone`);

  const frames = [...(former?.frames ?? []), ...of('frame')];
  const masks = new MaskFiles(last.folder, readProjectFile(last.folder).generation, new WriteFailures(() => {}));
  for (const { object, maskKey, frame } of new Map(frames.map((line) => [line.frame, line])).values()) {
    const row = masks.rowIndex.get(maskKey, frame);
    if (!row || decodeMaskRecord(masks.read(row.offset, row.length)).counts !== countsOf(object, frame)) lost.push(`frame ${frame}`);
  }
  masks.close();

  const { values } = new SettingsService(new FileSettingsStore(join(dataDir, 'settings.json')), silent, { env: {} });
  const toldSerial = of('settings').at(-1)?.serial;
  // The change after the last one told may be there already, in whole or in part.
  const serial = settingsSerial(values);
  if (serial < (toldSerial ?? former?.settings ?? 0) || (serial === toldSerial && values['engine.threads'] !== serial % 64))
    lost.push('settings');

  const back = of('engine-back')[0];
  if (back && !back.keptWork) lost.push('work, when the engine was started again');
  if (back && !back.notices.some((text) => text.includes('The engine was restarted')))
    lost.push('the word to the user that the engine was restarted');
  const counts = new Map<string, number>();
  for (const { step } of edits) counts.set(step, (counts.get(step) ?? 0) + 1);
  return {
    edits: counts,
    frames,
    engine: of('engine-killed').length === 0 ? 'lived' : back ? 'came back' : null,
    digest: digestOf(readWorkLog(log)),
    settings: serial,
    undone: undone?.steps ?? 0,
    lost,
  };
};
