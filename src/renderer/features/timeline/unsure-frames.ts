/** Where the lanes of objects become unsure, asked of the host when a user jumps there. */
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { type Lane, laneKinds, lanePageFrames } from '../../../shared/session-state.ts';
import type { Client } from '../../transport/client.ts';

const unsure = laneKinds.indexOf('unsure');

interface Stretch {
  /** Inclusive. */
  first: number;
  last: number;
}

/** Where one page of a lane is unsure, ascending. */
export const unsureStretches = (page: number, runs: readonly number[]): Stretch[] => {
  const found: Stretch[] = [];
  let at = page * lanePageFrames;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const last = at + runs[i]! - 1;
    const before = found.at(-1);
    if (runs[i + 1]! >> 8 === unsure) {
      // Runs differ in confidence too: neighbours are one stretch.
      if (before?.last === at - 1) before.last = last;
      else found.push({ first: at, last });
    }
    at = last + 1;
  }
  return found;
};

interface Known {
  revision: number;
  pages: Map<number, readonly Stretch[]>;
}

export class UnsureFrames {
  readonly #client: Pick<Client, 'call'>;
  #sessionId: string | null = null;
  /** By object of that session. */
  #known = new Map<number, Known>();

  constructor(client: Pick<Client, 'call'>) {
    this.#client = client;
  }

  /**
   * Where each of the objects becomes unsure, in any order. What the user said of a frame is no doubt of the model's to
   * look at.
   * @param sessionId the clip they belong to
   */
  async beginnings(sessionId: string, objects: readonly TrackedObject[]): Promise<{ objectId: number; frame: number }[]> {
    if (sessionId !== this.#sessionId) this.#known = new Map();
    this.#sessionId = sessionId;
    const lanes = this.#known;
    const found: { objectId: number; frame: number }[] = [];
    for (const { id: objectId, laneRevision, prompts } of objects) {
      const known = lanes.get(objectId) ?? { revision: -1, pages: new Map() };
      if (known.revision < laneRevision) {
        const lane = await this.#client.call('object.lane', { sessionId, objectId, since: Math.max(0, known.revision) });
        lanes.set(objectId, known);
        update(known, lane);
      }
      const prompted = new Set(prompts.map(({ frame }) => frame));
      for (const [page, stretches] of known.pages) {
        const goesOn = known.pages.get(page - 1)?.at(-1)?.last === page * lanePageFrames - 1;
        for (const { first, last } of stretches) {
          let frame = first;
          while (prompted.has(frame)) frame++;
          if (frame <= last && !(goesOn && first === page * lanePageFrames)) found.push({ objectId, frame });
        }
      }
    }
    return found;
  }
}

const update = (known: Known, lane: Lane): void => {
  if (lane.isWhole) known.pages.clear();
  for (const { page, runs } of lane.pages) known.pages.set(page, unsureStretches(page, runs));
  known.revision = lane.revision;
};
