/** A video in which objects are hidden, and the report that says what was hidden and what a person has to look at. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { type Redaction, type RedactionReport, redactionReportSchema } from '../../../shared/redaction.ts';
import { sha256OfFile } from '../../common/file-checksum.ts';
import { writeWhole } from '../../common/files.ts';
import type { MaskReader } from '../results/mask-store.ts';
import type { SessionService } from '../session/session-service.ts';
import type { ExportRun } from './export-run.ts';
import { redactionPage } from './redaction-page.ts';
import { type PlannedObject, RedactionPlan } from './redaction-plan.ts';

const reviewedName = 'redacted.mp4';
const openName = 'redacted (not reviewed).mp4';
const reportName = 'redaction.json';
const pageName = 'redaction.html';

/** What a redacted export may write. */
export const redactedNames: readonly string[] = [reviewedName, openName, reportName, pageName];

export class RedactedVideo {
  readonly #session: SessionService;
  readonly #redaction: Redaction;
  readonly #range: { from: number; to: number };
  readonly #plan: RedactionPlan;
  readonly #objects: readonly PlannedObject[];

  constructor(
    session: SessionService,
    redaction: Redaction,
    objects: readonly TrackedObject[],
    store: MaskReader,
    range: { from: number; to: number },
  ) {
    this.#session = session;
    this.#redaction = redaction;
    this.#range = range;
    this.#plan = new RedactionPlan({ objects, store, range, redaction });
    this.#objects = this.#plan.objects();
  }

  /** Nobody has to look at anything. */
  get isReviewed(): boolean {
    return this.#objects.every(({ carried, open }) => carried.length === 0 && open.length === 0);
  }

  /** The file says by its name that somebody has to look at it. */
  get videoName(): string {
    return this.isReviewed ? reviewedName : openName;
  }

  masksOn(frame: number): [number, string][] {
    return this.#plan.masksOn(frame);
  }

  /** Writes the report beside the video, which is whole. */
  async report(directory: string, run: ExportRun): Promise<void> {
    const settings = JSON.stringify(this.#redaction);
    const report: RedactionReport = redactionReportSchema.parse({
      schema: 1,
      generator: `sam2-video ${run.appVersion}`,
      source: { name: basename(this.#session.path), sha256: await sha256OfFile(this.#session.path) },
      settings: { sha256: createHash('sha256').update(settings).digest('hex'), value: this.#redaction },
      output: { name: this.videoName, sha256: await sha256OfFile(join(directory, this.videoName)) },
      frames: this.#range,
      objects: this.#objects,
      isReviewed: this.isReviewed,
    });
    const timeOf = (frame: number): number => this.#session.timeMs(frame);
    for (const [name, text] of [
      [reportName, `${JSON.stringify(report, null, 1)}\n`],
      [pageName, redactionPage(report, timeOf)],
    ] as const) {
      const path = join(directory, name);
      await writeWhole(path, text);
      run.onWritten({ name, path });
    }
  }
}
