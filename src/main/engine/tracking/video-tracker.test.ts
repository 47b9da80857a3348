import { describe, expect, it } from 'vitest';
import type { PointPrompt } from './point-prompt.ts';
import { ScriptedGraphs, testConstants } from './testing/scripted-graphs.ts';
import { type TrackerOptions, VideoTracker } from './video-tracker.ts';

const image = (): Uint8Array => new Uint8Array(32 * 32 * 3);
const click = (x: number, y: number): PointPrompt => ({ points: [[x, y]], labels: [1], box: null });

const setUp = (options: Partial<TrackerOptions> = {}) => {
  const graphs = new ScriptedGraphs();
  const tracker = new VideoTracker(graphs, testConstants, { width: 64, height: 48, frameCount: 100, ...options });
  return { graphs, tracker };
};

const prompted = async (tracker: VideoTracker, objectId: number, frame: number): Promise<void> => {
  await tracker.setPoints(objectId, frame, click(10, 10), image);
  await tracker.encodePending(frame, image);
};

describe('prompts', () => {
  it('scales points to the model, box corners first, one pad last (rule 3)', async () => {
    const { graphs, tracker } = setUp();
    await tracker.setPoints(1, 0, { points: [[32, 24]], labels: [0], box: [0, 0, 64, 48] }, image);
    const { decode, pix } = graphs.of('decode')[0]!;
    expect([...decode!.points]).toEqual([0, 0, 32, 32, 16, 16, 0, 0]);
    expect([...decode!.labels]).toEqual([2, 3, 0, -1]);
    expect(pix).toBe('initial');
    expect(graphs.of('attend')).toHaveLength(0);
  });

  it('feeds the previous logits, clamped, from the second click on (rule 5)', async () => {
    const { graphs, tracker } = setUp();
    graphs.script = () => ({ masks: [50, 50, 50, 50] });
    await tracker.setPoints(1, 0, click(10, 10), image);
    await tracker.setPoints(
      1,
      0,
      {
        points: [
          [10, 10],
          [20, 20],
        ],
        labels: [1, 0],
        box: null,
      },
      image,
    );
    const [first, second] = graphs.of('decode');
    expect(first!.decode!.hasMask[0]).toBe(0);
    expect(second!.decode!.hasMask[0]).toBe(1);
    expect(Math.max(...second!.decode!.maskPrompt!)).toBe(32);
  });

  it('takes the best of three with its own pointer for one click, token 0 for two (rules 8 and 9)', async () => {
    const { tracker } = setUp();
    const seen: number[] = [];
    tracker.onOutput = (_id, _frame, output) => seen.push(output.pointer[0]!);
    expect((await tracker.setPoints(1, 0, click(10, 10), image)).predictedIou).toBeCloseTo(0.9);
    expect(
      (
        await tracker.setPoints(
          1,
          0,
          {
            points: [
              [1, 1],
              [2, 2],
            ],
            labels: [1, 1],
            box: null,
          },
          image,
        )
      ).predictedIou,
    ).toBeCloseTo(0.5);
    expect(seen).toEqual([2, 10]);
  });

  it('falls back to the best of three when token 0 is unstable, and keeps the pointer of token 0 (rule 10)', async () => {
    const { graphs, tracker } = setUp();
    graphs.script = () => ({ masks: [0.01, 2, 3, 4] });
    const pointers: number[] = [];
    tracker.onOutput = (_id, _frame, output) => pointers.push(output.pointer[0]!);
    const result = await tracker.setPoints(1, 0, { points: [], labels: [], box: [1, 1, 20, 20] }, image);
    expect(result.predictedIou).toBeCloseTo(0.9);
    expect(result.logits[0]).toBe(3);
    expect(pointers).toEqual([0]);
  });

  it('fills the logits of an absent object with the no-object score (rule 11)', async () => {
    const { graphs, tracker } = setUp();
    graphs.script = () => ({ objectLogit: 0 });
    const { logits } = await tracker.setPoints(1, 0, click(1, 1), image);
    expect(new Set(logits)).toEqual(new Set([-1024]));
  });

  it('answers a mask with itself at +-10 and takes the pointer from the raw features (rule 7)', async () => {
    const { graphs, tracker } = setUp();
    const mask = new Uint8Array(64 * 48).fill(1);
    const result = await tracker.setMask(1, 0, mask, image);
    expect(new Set(result.logits)).toEqual(new Set([10]));
    expect(result.objectLogit).toBe(10);
    expect(graphs.of('decode')[0]!.pix).toBe('raw');
  });

  it('gives an empty mask the no-object pointer', async () => {
    const { tracker } = setUp();
    let pointer = 0;
    tracker.onOutput = (_id, _frame, output) => {
      pointer = output.pointer[0]!;
    };
    const result = await tracker.setMask(1, 0, new Uint8Array(64 * 48), image);
    expect(result.objectLogit).toBe(-10);
    expect(pointer).toBe(-1);
  });

  it.each([
    [{ points: [[64.5, 3]] as [number, number][], labels: [1], box: null }, 'prompt-outside-frame'],
    [{ points: [], labels: [], box: [70, 1, 80, 9] as [number, number, number, number] }, 'prompt-outside-frame'],
    [{ points: [], labels: [], box: [9, 1, 9, 9] as [number, number, number, number] }, 'prompt-invalid'],
    [{ points: [], labels: [], box: null }, 'prompt-invalid'],
  ])('refuses %j', async (prompt, code) => {
    const { tracker } = setUp();
    await expect(tracker.setPoints(1, 0, prompt as PointPrompt, image)).rejects.toMatchObject({ code });
  });
});

describe('propagation', () => {
  it('answers a prompted frame from its prompt and tracks the others with binarised memory of it (rules 13, 30)', async () => {
    const { graphs, tracker } = setUp();
    await prompted(tracker, 1, 0);
    expect([...graphs.of('encodeMemory')[0]!.memory!.binarize]).toEqual([1]);
    tracker.startPropagation();
    expect((await tracker.trackFrame(0, false, image))[0]!.prompted).toBe(true);
    expect((await tracker.trackFrame(1, false, image))[0]!.prompted).toBe(false);
    expect([...graphs.of('encodeMemory')[1]!.memory!.binarize]).toEqual([0]);
    const { attend } = graphs.of('attend')[0]!;
    expect([attend!.memories, attend!.pointerCount, Number(attend!.temporalRow[0])]).toEqual([1, 1, 6]);
  });

  it('rounds memories to bf16 (rule 16)', async () => {
    const { graphs, tracker } = setUp();
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    await tracker.trackFrame(1, false, image);
    expect(graphs.of('attend')[0]!.attend!.memory[0]![0]).toBe(1);
  });

  it('runs objects of one shape as one batch and others apart', async () => {
    const { graphs, tracker } = setUp();
    for (const id of [1, 2, 3]) await prompted(tracker, id, 0);
    await prompted(tracker, 3, 5);
    tracker.startPropagation();
    const results = await tracker.trackFrame(1, false, image, [1, 2, 3]);
    expect(results.map(({ objectId }) => objectId)).toEqual([1, 2, 3]);
    expect(graphs.of('attend').map(({ attend }) => [attend!.batch, attend!.memories])).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });

  it('keeps a correction when it tracks over it again (rule 27)', async () => {
    const { tracker } = setUp();
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    for (let t = 0; t < 6; t++) await tracker.trackFrame(t, false, image);
    await prompted(tracker, 1, 3);
    tracker.startPropagation();
    expect((await tracker.trackFrame(3, false, image))[0]!.prompted).toBe(true);
    expect(tracker.conditioningFrames(1)).toEqual([0, 3]);
  });

  it('corrects a tracked frame with memory, and in the direction it was tracked (rules 6 and 29)', async () => {
    const { graphs, tracker } = setUp();
    await prompted(tracker, 1, 10);
    tracker.startPropagation();
    for (let t = 9; t >= 4; t--) await tracker.trackFrame(t, true, image);
    await tracker.setPoints(1, 5, click(2, 2), image);
    const { attend } = graphs.of('attend').at(-1)!;
    // Reverse: memories of 10 and of 9..6.
    expect(attend!.memories).toBe(5);
    expect(graphs.of('decode').at(-1)!.pix).toBe('attended');
  });

  it('demotes a frame whose prompts are cleared (rule 29)', async () => {
    const { tracker } = setUp();
    await prompted(tracker, 1, 0);
    await prompted(tracker, 1, 4);
    tracker.startPropagation();
    await tracker.trackFrame(4, false, image);
    tracker.clearPrompts(1, 4);
    expect(tracker.conditioningFrames(1)).toEqual([0]);
    expect((await tracker.trackFrame(4, false, image))[0]!.prompted).toBe(false);
  });

  it('leaves objects without prompts, and removed ones, alone', async () => {
    const { tracker } = setUp();
    await prompted(tracker, 1, 0);
    tracker.startPropagation();
    expect(await tracker.trackFrame(1, false, image, [1, 2])).toHaveLength(1);
    tracker.removeObject(1);
    expect(await tracker.trackFrame(2, false, image, [1, 2])).toHaveLength(0);
  });

  it('encodes the image once a frame whatever happens on it', async () => {
    const { graphs, tracker } = setUp();
    for (const id of [1, 2, 3, 4]) await prompted(tracker, id, 0);
    expect(graphs.of('encodeImage')).toHaveLength(1);
  });
});
