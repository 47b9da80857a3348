/**
 * Answers of a search as the host is told of them: what a track gave before it was confirmed is kept back until then.
 */
import type { Found } from '../../../shared/discovery.ts';
import type { EngineResult, FoundFrameEvent } from '../api/protocol.ts';
import type { RosterEvent } from '../prompting/roster.ts';
import { toEngineResult } from './results.ts';

/** What is known of a track that may be shown. */
export interface FoundTrack extends Omit<Found, 'isAuto'> {
  key: number;
  id: number | null;
  bornFrame: number;
}

/** The mask of a track on a frame, on the logit grid. */
export interface FoundMask {
  key: number;
  logits: Float32Array;
  score: number;
  objectLogit: number;
}

export interface FindAnswer {
  masks: FoundMask[];
  tracks: FoundTrack[];
  events: RosterEvent[];
}

export class FoundFrames {
  readonly #size: { width: number; height: number };
  readonly #tentative = new Map<number, { frame: number; result: EngineResult }[]>();
  /** Ids by key of the confirmed tracks. */
  readonly #ids = new Map<number, number>();

  /** @param size of the source in px */
  constructor(size: { width: number; height: number }) {
    this.#size = size;
  }

  take(frame: number, { masks, tracks, events }: FindAnswer): Pick<FoundFrameEvent, 'tracks' | 'results'> {
    for (const event of events) {
      if (event.kind === 'confirmed') this.#ids.set(event.key, event.id);
    }
    const results: { frame: number; result: EngineResult }[] = [];
    for (const { key, logits, score, objectLogit } of masks) {
      const id = this.#ids.get(key);
      const result = toEngineResult({ objectId: id ?? key, logits, predictedIou: score, objectLogit, prompted: false }, this.#size);
      if (id !== undefined) results.push({ frame, result });
      else this.#tentative.set(key, [...(this.#tentative.get(key) ?? []), { frame, result }]);
    }
    for (const event of events) {
      const earlier = this.#tentative.get(event.key);
      this.#tentative.delete(event.key);
      if (event.kind === 'confirmed') {
        results.push(...(earlier ?? []).map((one) => ({ ...one, result: { ...one.result, objectId: event.id } })));
      } else this.#ids.delete(event.key);
    }
    const shown = tracks.flatMap(({ key: _, id, ...track }) => (id === null ? [] : [{ id, ...track }]));
    return { tracks: shown, results: results.sort((a, b) => a.frame - b.frame) };
  }
}
