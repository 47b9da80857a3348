/** Keeps what a search tells, by object, until it becomes work. */
import type { DiscoverySettings, Found } from '../../../shared/discovery.ts';
import type { EngineResult, FoundFrameEvent } from '../../engine/api/protocol.ts';
import type { FoundObject } from '../session/found-objects.ts';

export class FoundCollector {
  readonly #results = new Map<number, { frame: number; result: EngineResult }[]>();
  readonly #tracks = new Map<number, FoundFrameEvent['tracks'][number]>();

  take({ tracks, results }: Pick<FoundFrameEvent, 'tracks' | 'results'>): void {
    for (const track of tracks) this.#tracks.set(track.id, track);
    for (const one of results) {
      const { objectId } = one.result;
      const known = this.#results.get(objectId);
      if (known) known.push(one);
      else this.#results.set(objectId, [one]);
    }
  }

  /** How many objects were found so far. */
  get count(): number {
    return this.#results.size;
  }

  /**
   * In the order they came; those that were seen for too short a time or are of no class that is wanted are left out.
   */
  objects({ minFrames, classes }: Pick<DiscoverySettings, 'minFrames' | 'classes'>): FoundObject[] {
    return [...this.#results.entries()]
      .sort(([a], [b]) => a - b)
      .flatMap(([id, all]) => {
        const track = this.#tracks.get(id);
        const results = all.filter(({ result }) => result.area > 0).sort((a, b) => a.frame - b.frame);
        if (!track || results.length < minFrames) return [];
        if (classes && (track.label === null || !classes.includes(track.label))) return [];
        const { label, source, score } = track;
        return [{ found: { label, source, score, isAuto: true, ...bestPlace(results) }, results }];
      });
  }
}

/** The frame on which the object is large and the model is sure of it. */
const bestPlace = (results: FoundObject['results']): Pick<Found, 'place'> => {
  const clearest = results.reduce((best, one) => (clarity(one.result) > clarity(best.result) ? one : best));
  if (!clearest.result.box) return {};
  const [x, y, width, height] = clearest.result.box;
  return { place: { frame: clearest.frame, box: { x, y, width, height } } };
};

const clarity = ({ predictedIou, area }: EngineResult): number => predictedIou * Math.sqrt(area);
