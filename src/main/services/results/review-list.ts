/**
 * The review list of a session: it asks the stores what is known of each object and has the list made. What has not
 * changed is not looked at again: hours of results cost a page of them.
 */
import { type Absence, buildReview, isRightlyAway, joinAbsences, type ReviewObject, touchesEdge } from '../../../shared/build-review.ts';
import { joinPages, pageStretches, type Stretch } from '../../../shared/lane-stretches.ts';
import type { ReviewEntry, ReviewMark } from '../../../shared/review.ts';
import { clarityOf } from '../../../shared/review-queue.ts';
import type { MaskStore } from './mask-store.ts';
import type { TreeStore } from './tree-store.ts';

export interface ReviewedObject {
  readonly id: number;
  readonly stale: boolean;
  readonly prompts: readonly { readonly frame: number }[];
}

export interface ReviewListDeps {
  store: Pick<MaskStore, 'lane' | 'row' | 'get' | 'ranges' | 'revision'>;
  trees: Pick<TreeStore, 'doubts' | 'findings' | 'isSplit' | 'isNearCut' | 'reviewRevision'>;
  /** Of the clip, px. */
  size: { width: number; height: number };
  /** While a run is under way the list need not follow every frame. */
  isBusy: () => boolean;
}

/** While a run is under way the list is made anew after so many ms. */
const busyMs = 1000;

interface Lane {
  revision: number;
  absent: Map<number, Stretch[]>;
}

export class ReviewList {
  readonly #deps: ReviewListDeps;
  readonly #lanes = new Map<number, Lane>();
  #made: { key: string; madeMs: number; done: readonly ReviewMark[]; entries: ReviewEntry[] } | null = null;

  constructor(deps: ReviewListDeps) {
    this.#deps = deps;
  }

  /** @param objects of the session @param done what was looked at */
  entries(objects: readonly ReviewedObject[], done: readonly ReviewMark[]): ReviewEntry[] {
    const { store, trees, isBusy } = this.#deps;
    const key = JSON.stringify([
      trees.reviewRevision,
      objects.map(({ id, stale, prompts }) => [id, stale, store.revision(id), prompts.map(({ frame }) => frame)]),
    ]);
    const now = performance.now();
    if (this.#made?.done === done && (this.#made.key === key || (isBusy() && now - this.#made.madeMs < busyMs))) return this.#made.entries;
    const entries = buildReview(
      objects.map((object) => this.#known(object)),
      done,
    );
    this.#made = { key, madeMs: now, done, entries };
    return entries;
  }

  #known({ id, stale, prompts }: ReviewedObject): ReviewObject {
    const { store, trees } = this.#deps;
    const frames = prompts.map(({ frame }) => frame).sort((a, b) => a - b);
    const all = joinAbsences(this.#absences(id), frames);
    const away = all.filter((absence) => this.#isAway(id, absence));
    const findings = trees.findings(id);
    const doubts = new Map(trees.doubts(id).map(({ frame, uncertainty }) => [frame, uncertainty]));
    const prompted = new Set(frames);
    const signals = [...new Set([...doubts.keys(), ...findings.keys()])]
      .sort((a, b) => a - b)
      .flatMap((frame) => {
        const row = store.row(id, frame);
        // What the user said of a frame is no doubt of the model's.
        if (!row || prompted.has(frame) || away.some(({ first, last }) => frame >= first && frame <= last)) return [];
        const clarity = row.present ? clarityOf(row.predictedIou, row.objectLogit) : 0;
        return [{ frame, uncertainty: doubts.get(frame) ?? 0, clarity, isSplit: trees.isSplit(id, frame), ...findings.get(frame) }];
      });
    return { objectId: id, prompts: frames, isStale: stale, absences: all.filter((absence) => !away.includes(absence)), signals };
  }

  /** Where the object was looked for and not found. */
  #absences(objectId: number): Absence[] {
    const { store } = this.#deps;
    const known = this.#lanes.get(objectId) ?? { revision: 0, absent: new Map() };
    if (known.revision !== store.revision(objectId) || known.revision === 0) {
      const lane = store.lane(objectId, known.revision);
      if (lane.isWhole) known.absent.clear();
      for (const page of lane.pages) known.absent.set(page.page, pageStretches(page, 'absent'));
      known.revision = lane.revision;
      this.#lanes.set(objectId, known);
    }
    const pages = [...known.absent].sort(([a], [b]) => a - b).map(([, stretches]) => stretches);
    return joinPages(pages).map(({ first, last }) => ({ first, last, foundAgain: store.row(objectId, last + 1) ? last + 1 : null }));
  }

  /** The object left the picture at its edge, or the shot with a cut, and came back like that. */
  #isAway(objectId: number, { first, last }: Absence): boolean {
    const { store, trees, size } = this.#deps;
    const side = (frame: number): 'edge' | 'inside' | null => {
      const box = store.get(objectId, frame)?.box;
      return box ? (touchesEdge(box, size) ? 'edge' : 'inside') : null;
    };
    const before = trees.isNearCut(first) ? 'edge' : (side(first - 1) ?? 'start');
    const after = trees.isNearCut(last + 1) ? 'edge' : (side(last + 1) ?? 'end');
    return isRightlyAway(before, after);
  }
}
