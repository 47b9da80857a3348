/** The discoverer with scripted detections and a scripted decoder: each of its rules. */
import { describe, expect, it } from 'vitest';
import { DetectorStrategy } from './detector-strategy.ts';
import { Discoverer, type FrameInput, type NamedDetection } from './discoverer.ts';
import { GridMask } from './grid-mask.ts';
import type { LumaPicture } from './luma-picture.ts';
import type { TrackResult } from './roster.ts';
import { labelOf } from './roster.ts';

const size = 20;
const day: LumaPicture = { size, values: Uint8Array.from({ length: size * size }, (_, cell) => 60 + (cell % size) * 4) };
const night: LumaPicture = { size, values: Uint8Array.from({ length: size * size }, (_, cell) => (cell % 3) * 90) };

/** A thing of the scene: a rectangle of the grid, in cells. */
interface Thing {
  name: string;
  left: number;
  top: number;
  width: number;
  height: number;
}
const car: Thing = { name: 'car', left: 2, top: 2, width: 6, height: 4 };
const dog: Thing = { name: 'dog', left: 12, top: 12, width: 4, height: 4 };

const maskOf = ({ left, top, width, height }: Thing): GridMask =>
  GridMask.of(
    size,
    (cell) => cell % size >= left && cell % size < left + width && Math.floor(cell / size) >= top && Math.floor(cell / size) < top + height,
  );
const detectionOf = ({ name, left, top, width, height }: Thing, score = 0.8): NamedDetection => ({
  name,
  score,
  classIndex: 0,
  left: left / size,
  top: top / size,
  right: (left + width) / size,
  bottom: (top + height) / size,
});

/** A scene in which the decoder finds what is at a box, and the tracker what is left of a track's thing. */
class Scene {
  readonly discoverer: Discoverer;
  readonly asked: number[] = [];
  /** What each track is on. */
  readonly on = new Map<number, Thing>();
  #frame = -1;

  readonly iou: number;

  constructor(iou = 0.9, maxObjects = 8) {
    this.iou = iou;
    this.discoverer = new Discoverer({
      size,
      strategy: new DetectorStrategy(null),
      thresholds: { pointIou: 0.7, boxIou: 0.5, stability: 0, stabilityOffset: 1 },
      limits: { least: 0.01, most: 0.6 },
      maxObjects,
    });
  }

  async show(things: Thing[], change: Partial<FrameInput> = {}, detections = things.map((thing) => detectionOf(thing))) {
    this.#frame++;
    const results: TrackResult[] = this.discoverer.tracks.map(({ key }) => {
      const now = things.find(({ name }) => name === this.on.get(key)?.name);
      return { key, mask: now ? maskOf(now) : GridMask.empty(size), score: 0.6, objectLogit: now ? 5 : -5 };
    });
    const frame = this.#frame;
    const outcome = await this.discoverer.step(
      { frame, timeMs: frame * 40, picture: day, results, others: [], region: null, budget: 8, ...change },
      {
        detect: async () => detections,
        probe: async (proposals) => {
          this.asked.push(proposals.length);
          return proposals.map(({ label }) => {
            const thing = things.find(({ name }) => name === label!.name) ?? car;
            const mask = maskOf(thing);
            return {
              logits: Float32Array.from({ length: size * size }, (_, cell) => (mask.has(cell) ? 5 : -5)),
              iou: this.iou,
              objectLogit: 3,
            };
          });
        },
      },
    );
    for (const { key, candidate } of outcome.born) this.on.set(key, things.find(({ name }) => name === candidate.proposal.label!.name)!);
    return outcome;
  }
}

describe('discovery', () => {
  it('finds things, confirms and names them, and asks no more once they are tracked', async () => {
    const scene = new Scene();
    expect((await scene.show([car, dog])).born).toHaveLength(2);
    for (let i = 0; i < 10; i++) expect((await scene.show([car, dog])).born).toEqual([]);
    expect(scene.asked).toEqual([2]);
    expect(scene.discoverer.shown.map((track) => [track.id, labelOf(track)])).toEqual([
      [1, 'car'],
      [2, 'dog'],
    ]);
  });

  it('finds newcomers', async () => {
    const scene = new Scene();
    for (let i = 0; i < 5; i++) await scene.show([car]);
    expect((await scene.show([car, dog])).born).toHaveLength(1);
  });

  it('does not ask again what the decoder thought little of, while it looks the same', async () => {
    const scene = new Scene(0.3);
    for (let i = 0; i < 5; i++) expect((await scene.show([car])).born).toEqual([]);
    expect(scene.asked).toEqual([1]);
    await scene.show([car], { picture: { size, values: day.values.map((value) => value + 12) } });
    expect(scene.asked).toEqual([1, 1]);
  });

  it('looks at nothing without a budget, and goes on watching', async () => {
    const scene = new Scene();
    expect((await scene.show([car], { budget: 0 })).prompts).toBe(0);
    expect(scene.discoverer.tracks).toEqual([]);
  });

  it('keeps to the most objects, the surest first', async () => {
    const scene = new Scene(0.9, 1);
    const { born } = await scene.show([car, dog], {}, [detectionOf(car, 0.4), detectionOf(dog, 0.9)]);
    expect(born.map(({ candidate }) => candidate.proposal.label!.name)).toEqual(['dog']);
  });

  it("leaves the user's objects alone: what they cover is no newcomer", async () => {
    const scene = new Scene();
    expect((await scene.show([car, dog], { others: [maskOf(car)] })).born.map(({ candidate }) => candidate.proposal.label!.name)).toEqual([
      'dog',
    ]);
  });

  it('looks in the region alone', async () => {
    const scene = new Scene();
    const region = GridMask.of(size, (cell) => cell % size >= size / 2);
    expect((await scene.show([car, dog], { region })).born.map(({ candidate }) => candidate.proposal.label!.name)).toEqual(['dog']);
  });

  it('forgets a track that the user took over, and its number', async () => {
    const scene = new Scene();
    const [first] = (await scene.show([car])).born;
    scene.discoverer.release(first!.key);
    const [next] = (await scene.show([car])).born;
    expect(next!.key).toBeGreaterThan(first!.key);
  });
});

describe('parts and wholes', () => {
  const wheel: Thing = { name: 'wheel', left: 2, top: 4, width: 2, height: 2 };

  it('keep the granularity of what has a name', async () => {
    const scene = new Scene();
    await scene.show([wheel]);
    for (let i = 0; i < 4; i++) expect((await scene.show([wheel, car])).born).toEqual([]);
    expect(scene.discoverer.shown.map((track) => labelOf(track))).toEqual(['wheel']);
  });

  it('are the whole as soon as a detector knows it, when the part has no name', async () => {
    const scene = new Scene();
    await scene.show([wheel], {}, [detectionOf(wheel)]);
    for (const track of scene.discoverer.tracks) track.votes.clear();
    await scene.show([wheel], {}, []);
    const { born, events } = await scene.show([wheel, car], {}, [detectionOf(car)]);
    expect(born).toHaveLength(1);
    expect(events).toMatchObject([{ kind: 'confirmed' }, { kind: 'ended', reason: 'part' }]);
  });
});

describe('a place', () => {
  it('for which there was no room is asked again when there is', async () => {
    const scene = new Scene(0.9, 1);
    for (let i = 0; i < 3; i++) await scene.show([car, dog], {}, [detectionOf(car, 0.9), detectionOf(dog, 0.4)]);
    expect(scene.discoverer.tracks).toHaveLength(1);
    scene.discoverer.release(scene.discoverer.tracks[0]!.key);
    const { born } = await scene.show([dog], {}, [detectionOf(dog, 0.4)]);
    expect(born).toHaveLength(1);
  });
});

describe('a track that is unsure', () => {
  it('is renewed by a good candidate, after 16 frames', async () => {
    const scene = new Scene();
    for (let i = 0; i < 16; i++) expect((await scene.show([car])).refreshed).toEqual([]);
    // The box of a detector is another than the track's, so the decoder is asked, and says what the track says.
    const wide = { ...detectionOf(car), right: 0.9 };
    expect((await scene.show([car], {}, [wide])).refreshed).toHaveLength(1);
    expect((await scene.show([car], { picture: night }, [wide])).refreshed).toEqual([]);
  });
});

describe('a cut', () => {
  it('hides what nobody sees again, and keeps the id of what is still there', async () => {
    const scene = new Scene();
    for (let i = 0; i < 5; i++) await scene.show([car, dog]);
    // The tracker drags the dog's mask along; the detector sees the car alone.
    const after = { picture: night };
    expect((await scene.show([car, dog], after, [detectionOf(car)])).isCut).toBe(true);
    for (let i = 0; i < 3; i++) await scene.show([car, dog], after, [detectionOf(car)]);
    expect(scene.discoverer.shown.map(({ id }) => id)).toEqual([1]);
    const events = [];
    for (let i = 0; i < 60; i++) events.push(...(await scene.show([car, dog], after, [detectionOf(car)])).events);
    expect(events).toMatchObject([{ kind: 'ended', id: 2, reason: 'gone' }]);
  });
});
