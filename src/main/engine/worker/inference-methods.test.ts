/**
 * Two clips in one worker: shares of its time, prompts, and frames that are encoded ahead. The model is a script, and
 * so is the clock.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import type { Transferred } from '../../common/rpc.ts';
import type { AheadFeatures, AttendInput, ConditionedFeatures, ImageFeatures } from '../tracking/graphs.ts';
import { ScriptedGraphs, testConstants } from '../tracking/testing/scripted-graphs.ts';
import { inferenceMethods } from './inference-methods.ts';

const encodeMs = 20;
const attendMs = 10;

/** Every image and every object takes its time; images that are encoded ahead take none. */
class TimedGraphs extends ScriptedGraphs {
  nowMs = 0;
  readonly encoded: number[] = [];
  readonly ahead: number[] = [];
  override isRecording = false;

  override async encodeImage(rgb?: Uint8Array): Promise<ImageFeatures> {
    this.nowMs += encodeMs;
    this.encoded.push(rgb![0]!);
    return {};
  }

  encodeAhead(rgb: Uint8Array, isNext: boolean): AheadFeatures | null {
    if (!isNext) return null;
    this.ahead.push(rgb[0]!);
    return { features: Promise.resolve({}), next: () => {}, start: () => {}, drop: () => {} };
  }

  override async attend(features: ImageFeatures, input: AttendInput): Promise<ConditionedFeatures> {
    this.nowMs += attendMs * input.batch;
    return super.attend(features, input);
  }
}

const size = { width: 64, height: 64, frameCount: 10_000 };
/** Its first value says whose it is. */
const picture = (clip: number): Uint8Array => new Uint8Array(testConstants.imageSize ** 2 * 3).fill(clip);
const timings = { imageEncoder: 0, memoryAttention: 0, maskDecoder: 0, memoryEncoder: 0, inside: 0 };

let graphs: TimedGraphs;
let methods: ReturnType<typeof inferenceMethods<object>>;

beforeEach(async () => {
  graphs = new TimedGraphs();
  methods = inferenceMethods(
    async () => ({
      graphs,
      constants: testConstants,
      provider: 'script',
      providerReason: 'it is a test',
      takeTimings: () => ({ ...timings }),
      release: async () => {},
    }),
    () => graphs.nowMs,
  );
  await methods.load({});
});

const click = (sessionId: string, objectId: number, clip = 1) =>
  methods.setPoints({
    ...{ sessionId, objectId, frame: 0, prior: null, candidate: null, image: picture(clip) },
    prompt: { points: [[10, 10]], labels: [1], box: null },
  });

const open = async (sessionId: string, objects: number): Promise<void> => {
  await methods.openSession({ sessionId, ...size });
  for (let id = 1; id <= objects; id++) await click(sessionId, id);
  await methods.encodePending({ sessionId, frame: 0 });
  await methods.startPropagation({ sessionId, memory: defaultMemorySettings });
};

/** Tracks as the engine does, with three frames under way, until the clock says so. @returns ms it got */
const track = async (sessionId: string, objects: number, untilMs: number, clip = 1): Promise<number> => {
  const objectIds = Array.from({ length: objects }, (_, index) => index + 1);
  const underWay: Promise<Transferred<{ workerMs: number }>>[] = [];
  let spent = 0;
  for (let frame = 1; graphs.nowMs < untilMs; frame++) {
    underWay.push(methods.trackFrame({ sessionId, frame, reverse: false, image: picture(clip), objectIds }));
    if (underWay.length < 3) continue;
    spent += (await underWay.shift()!).value.workerMs;
  }
  for (const last of underWay) spent += (await last).value.workerMs;
  return spent;
};

describe('two clips that are tracked at once', () => {
  it.each([
    [1, 1],
    [1, 5],
    [2, 9],
  ])('get the same time within a tenth: %i and %i objects', async (few, many) => {
    await open('a', few);
    await open('b', many);
    const until = graphs.nowMs + 10_000;
    const [a, b] = await Promise.all([track('a', few, until), track('b', many, until)]);
    expect(Math.abs(a - b)).toBeLessThan(0.1 * Math.max(a, b));
    expect(a + b).toBeGreaterThan(9_000);
  });

  it('get all the time there is when the other one is done', async () => {
    await open('a', 1);
    await open('b', 1);
    const start = graphs.nowMs;
    const [a, b] = await Promise.all([track('a', 1, start + 2_000), track('b', 1, start + 10_000)]);
    expect(a).toBeGreaterThan(900);
    expect(b).toBeGreaterThan(8_500);
  });

  it('have the next frame of whichever comes next encoded ahead', async () => {
    await open('a', 1);
    await open('b', 1);
    graphs.encoded.length = 0;
    const until = graphs.nowMs + 1_000;
    await Promise.all([track('a', 1, until, 1), track('b', 1, until, 2)]);
    const count = (clip: number): number => graphs.ahead.filter((of) => of === clip).length;
    expect(Math.min(count(1), count(2))).toBeGreaterThan(10);
    // Of what was not encoded ahead there is the first frame of each, and little else.
    expect(graphs.encoded.length).toBeLessThan(6);
  });
});

describe('a prompt', () => {
  const ended: string[] = [];
  const noted = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const result = await work;
    ended.push(name);
    return result;
  };
  const frames = (sessionId: string): Promise<unknown>[] =>
    [1, 2, 3].map((frame) =>
      noted(`${sessionId}${frame}`, methods.trackFrame({ sessionId, frame, reverse: false, image: picture(1), objectIds: [1] })),
    );

  beforeEach(async () => {
    ended.length = 0;
    await open('a', 1);
    await open('b', 1);
  });

  it('goes before the frames of other clips', async () => {
    await Promise.all([...frames('a'), noted('click', click('b', 2))]);
    expect(ended[0]).toBe('click');
  });

  it('goes first only where somebody looks, once that is known', async () => {
    const both = (object: number): Promise<unknown> =>
      Promise.all([noted('click in b', click('b', object)), noted('click in a', click('a', object))]);
    await both(2);
    await methods.setForeground({ sessionIds: ['a'] });
    await both(3);
    await methods.setForeground({ sessionIds: ['b'] });
    await both(4);
    expect(ended).toEqual(['click in b', 'click in a', 'click in a', 'click in b', 'click in b', 'click in a']);
  });

  it('stays behind what its own clip had queued before it', async () => {
    await Promise.all([...frames('a'), ...frames('b'), noted('click', click('a', 2))]);
    expect(ended.indexOf('click')).toBe(3);
    expect(ended.slice(0, 4)).toEqual(['a1', 'a2', 'a3', 'click']);
  });
});

it('a frame to prefetch in one clip does not replace that of another', async () => {
  await open('a', 1);
  await open('b', 1);
  graphs.encoded.length = 0;
  const prefetch = (sessionId: string, frame: number, clip: number) => methods.prefetchFrame({ sessionId, frame, image: picture(clip) });
  await Promise.all([prefetch('a', 10, 1), prefetch('a', 11, 2), prefetch('b', 10, 3), prefetch('b', 12, 4)]);
  expect(graphs.encoded.toSorted()).toEqual([2, 4]);
});

it('frames of a run that was ended fail, those of another clip do not', async () => {
  await open('a', 1);
  await open('b', 1);
  const frame = (sessionId: string, at: number) =>
    methods.trackFrame({ sessionId, frame: at, reverse: false, image: picture(1), objectIds: [1] });
  const all = [frame('a', 1), frame('a', 2), frame('b', 1), frame('b', 2)];
  await methods.dropUpcoming({ sessionId: 'a' });
  const ends = await Promise.allSettled(all);
  expect(ends.slice(0, 2).map((end) => end.status === 'rejected' && end.reason.code)).toContain('cancelled');
  expect(ends.slice(2).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect((await frame('a', 1)).value.results).toHaveLength(1);
});
