import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from './candidates.ts';
import { GridMask } from './grid-mask.ts';
import { labelOf, Roster, type RosterEvent } from './roster.ts';

const size = 8;
const msPerFrame = 100;
const column = (at: number): GridMask => GridMask.of(size, (cell) => cell % size === at);
const candidate = (mask: GridMask): Candidate => ({
  mask,
  logits: new Float32Array(size * size),
  score: 0.9,
  proposal: { source: 'grid', box: [0, 0, 1, 1], point: [0.5, 0.5], key: null, label: null },
});
const seen = (key: number, mask: GridMask, objectLogit = 1) => ({ key, mask, score: 0.9, objectLogit });
const absent = (key: number) => seen(key, GridMask.empty(size), -1);

/** Plays frames on a roster and lists what happens, with the frame. */
class Play {
  readonly roster = new Roster();
  readonly events: (RosterEvent & { frame: number })[] = [];
  #frame = -1;

  born(mask: GridMask): number {
    return this.roster.add(candidate(mask), Math.max(0, this.#frame), Math.max(0, this.#frame) * msPerFrame).key;
  }

  frames(count: number, results: (at: number) => ReturnType<typeof seen>[], others: GridMask[] = []): this {
    for (let i = 0; i < count; i++) {
      this.#frame++;
      const events = this.roster.observe(this.#frame, this.#frame * msPerFrame, results(i), others);
      this.events.push(...events.map((event) => ({ ...event, frame: this.#frame })));
    }
    return this;
  }
}

describe('a track', () => {
  it('is confirmed when it was steady for three frames, and gets the next id', () => {
    const play = new Play();
    const [a, b] = [play.born(column(0)), play.born(column(4))];
    play.frames(3, () => [seen(a, column(0)), seen(b, column(4))]);
    expect(play.events).toMatchObject([
      { kind: 'confirmed', key: a, id: 1, frame: 1 },
      { kind: 'confirmed', key: b, id: 2, frame: 1 },
    ]);
  });

  it('that jumps about is never confirmed, and goes after 15 frames', () => {
    const play = new Play();
    const key = play.born(column(0));
    play.frames(20, (at) => [seen(key, column(at % 2 === 0 ? 3 : 6))]);
    expect(play.events).toMatchObject([{ kind: 'ended', key, id: null, reason: 'unconfirmed', frame: 15 }]);
  });

  it('that a detector or a probe sees again is confirmed sooner', () => {
    const play = new Play();
    const key = play.born(column(0));
    const track = play.roster.get(key)!;
    play.roster.support(track);
    play.frames(1, () => [seen(key, column(0))]);
    expect(play.events).toMatchObject([{ kind: 'confirmed', key }]);
  });

  it('ends after 30 absent frames and two seconds, whichever is longer', () => {
    const play = new Play();
    const key = play.born(column(0));
    play.frames(5, () => [seen(key, column(0))]).frames(40, () => [absent(key)]);
    expect(play.events.at(-1)).toMatchObject({ kind: 'ended', key, id: 1, reason: 'gone', frame: 4 + 30 });
  });

  it('keeps its id when it comes back in time', () => {
    const play = new Play();
    const key = play.born(column(0));
    play.frames(5, () => [seen(key, column(0))]);
    play.frames(25, () => [absent(key)]).frames(40, () => [seen(key, column(5))]);
    expect(play.events).toHaveLength(1);
    expect(play.roster.get(key)).toMatchObject({ id: 1, isPresent: true });
  });
});

describe('two tracks', () => {
  it('of one thing become one: the younger ends on the eighth frame of fifteen', () => {
    const play = new Play();
    const [older, younger] = [play.born(column(0)), play.born(column(4))];
    play.frames(5, () => [seen(older, column(0)), seen(younger, column(4))]);
    play.frames(10, () => [seen(older, column(0)), seen(younger, column(0))]);
    expect(play.events.at(-1)).toMatchObject({ kind: 'ended', key: younger, reason: 'double', frame: 5 + 7 });
    expect(play.roster.tracks.map(({ key }) => key)).toEqual([older]);
  });

  it('that pass each other stay two', () => {
    const play = new Play();
    const [a, b] = [play.born(column(0)), play.born(column(4))];
    play.frames(5, () => [seen(a, column(0)), seen(b, column(4))]);
    play.frames(7, () => [seen(a, column(2)), seen(b, column(2))]).frames(20, () => [seen(a, column(4)), seen(b, column(0))]);
    expect(play.roster.tracks).toHaveLength(2);
  });

  it('when a lost one claims the place of a newcomer, the newcomer gives way', () => {
    const play = new Play();
    const old = play.born(column(0));
    play.frames(5, () => [seen(old, column(0))]).frames(5, () => [absent(old)]);
    const young = play.born(column(3));
    play.frames(1, () => [absent(old), seen(young, column(3))]).frames(1, () => [seen(old, column(3)), seen(young, column(3))]);
    expect(play.events.at(-1)).toMatchObject({ kind: 'ended', key: young, reason: 'reclaimed' });
  });
});

describe('a thing that comes back', () => {
  const block = (left: number, top: number, side = 3): GridMask =>
    GridMask.of(
      size,
      (cell) => cell % size >= left && cell % size < left + side && Math.floor(cell / size) >= top && Math.floor(cell / size) < top + side,
    );
  /** A thing is lost, and ten frames later there is a newcomer. */
  const lostAndFound = (then: GridMask, labels: readonly [string | null, string | null] = [null, null]) => {
    const play = new Play();
    const old = play.born(block(0, 0));
    if (labels[0]) play.roster.vote(play.roster.get(old)!, { name: labels[0], score: 1 });
    play.frames(5, () => [seen(old, block(0, 0))]).frames(10, () => [absent(old)]);
    const young = play.born(then);
    if (labels[1]) play.roster.vote(play.roster.get(young)!, { name: labels[1], score: 1 });
    play.frames(4, () => [absent(old), seen(young, then)]);
    return { play, old, young };
  };

  it('goes on with its id though the tracker did not know it again', () => {
    const { play, old, young } = lostAndFound(block(3, 0));
    expect(play.roster.tracks).toMatchObject([{ key: young, id: 1 }]);
    expect(play.events.at(-1)).toMatchObject({ kind: 'confirmed', key: young, id: 1 });
    expect(play.events.at(-2)).toMatchObject({ kind: 'ended', key: old, id: null, reason: 'reclaimed' });
  });

  it('is another when it is far off, of another size or of another class', () => {
    expect(lostAndFound(block(5, 5)).play.roster.tracks).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(lostAndFound(block(0, 0, 7)).play.roster.tracks).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(lostAndFound(block(1, 0), ['dog', 'car']).play.roster.tracks).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(lostAndFound(block(1, 0), ['dog', 'dog']).play.roster.tracks).toMatchObject([{ id: 1 }]);
  });

  it('is another while the former is there', () => {
    const play = new Play();
    const [a] = [play.born(block(0, 0))];
    play.frames(5, () => [seen(a, block(0, 0))]);
    const b = play.born(block(4, 0));
    play.frames(5, () => [seen(a, block(0, 0)), seen(b, block(4, 0))]);
    expect(play.roster.tracks).toMatchObject([{ id: 1 }, { id: 2 }]);
  });
});

describe("the user's word", () => {
  it('comes first: an automatic track on an object of theirs ends', () => {
    const play = new Play();
    const key = play.born(column(0));
    play.frames(3, () => [seen(key, column(0))]).frames(1, () => [seen(key, column(2))], [column(2)]);
    expect(play.events.at(-1)).toMatchObject({ kind: 'ended', key, reason: 'covered' });
  });
});

describe('a cut', () => {
  it('ends belief until somebody sees the track again', () => {
    const play = new Play();
    const [kept, dragged] = [play.born(column(0)), play.born(column(4))];
    const both = () => [seen(kept, column(0)), seen(dragged, column(4))];
    play.frames(4, both);
    play.roster.doubtAll();
    play.frames(1, both);
    play.roster.support(play.roster.get(kept)!);
    play.frames(40, both);
    expect(play.events.filter(({ kind }) => kind === 'ended')).toMatchObject([{ key: dragged, reason: 'gone' }]);
    expect(play.roster.get(kept)).toMatchObject({ id: 1, isDoubtful: false });
  });
});

describe('a roster', () => {
  it('never gives a key twice nor an id to two, and its list is what was born and did not end', () => {
    const step = fc.array(fc.record({ at: fc.integer({ min: 0, max: size - 1 }), isThere: fc.boolean() }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.record({ births: fc.integer({ min: 0, max: 2 }), step }), { maxLength: 60 }), (frames) => {
        const roster = new Roster();
        const [ids, ended] = [new Set<number>(), new Set<number>()];
        const keys = new Set<number>();
        let handedOn = 0;
        frames.forEach(({ births, step: places }, frame) => {
          const results = roster.tracks.map(({ key }, i) => {
            const place = places[i % Math.max(1, places.length)];
            return place?.isThere ? seen(key, column(place.at)) : absent(key);
          });
          for (const event of roster.observe(frame, frame * msPerFrame, results)) {
            if (event.kind === 'confirmed') {
              // An id comes again only when a lost track hands it on, which ends that one.
              const isHandedOn = ids.has(event.id);
              if (isHandedOn) handedOn++;
              ids.add(event.id);
            } else {
              expect(ended.has(event.key)).toBe(false);
              ended.add(event.key);
              if (event.reason === 'reclaimed' && event.id === null) handedOn--;
            }
          }
          expect(handedOn).toBeLessThanOrEqual(0);
          const held = roster.tracks.flatMap(({ id }) => id ?? []);
          expect(new Set(held).size).toBe(held.length);
          for (let i = 0; i < births; i++) {
            const { key } = roster.add(candidate(column(i)), frame, frame * msPerFrame);
            expect(keys.has(key)).toBe(false);
            keys.add(key);
          }
        });
        expect(roster.tracks.map(({ key }) => key)).toEqual([...keys].filter((key) => !ended.has(key)));
      }),
    );
  });

  it('holds nothing of 2,000 tracks that came and went', () => {
    const play = new Play();
    for (let i = 0; i < 1000; i++) {
      const [a, b] = [play.born(column(0)), play.born(column(1))];
      play.frames(3, () => [seen(a, column(0)), seen(b, column(0))]).frames(32, () => [absent(a), absent(b)]);
    }
    expect(play.roster.tracks).toEqual([]);
    expect(play.roster.heldPairs).toBe(0);
    expect(play.events.filter(({ kind }) => kind === 'ended')).toHaveLength(2000);
  });

  it('names a track by the votes of the detector', () => {
    const roster = new Roster();
    const track = roster.add(candidate(column(0)), 0, 0);
    expect(labelOf(track)).toBeNull();
    roster.vote(track, { name: 'dog', score: 0.4 });
    roster.vote(track, { name: 'cow', score: 0.6 });
    roster.vote(track, { name: 'dog', score: 0.3 });
    expect(labelOf(track)).toBe('dog');
  });
});
