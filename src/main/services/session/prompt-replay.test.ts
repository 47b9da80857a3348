import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { FramePrompt } from '../../../shared/prompts.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { MaskStore } from '../results/mask-store.ts';
import { TrackLoop } from '../tracking/track-loop.ts';
import { newWork } from './kept-work.ts';
import type { ObjectRecord } from './object-list.ts';
import { PromptReplay } from './prompt-replay.ts';
import { SessionEdits } from './session-edits.ts';

const prompt = (frame: number): FramePrompt => ({ frame, points: [{ x: 1, y: 1, label: 1 }], box: null, mask: null });
const objectWith = (id: number, frames: number[]): ObjectRecord => ({
  ...{ id, name: `Object ${id}`, color: '#ffffff', visible: true, solo: false, locked: false, maskKey: id },
  prompts: frames.map(prompt),
});

/** An engine that answers when it is let, and says what it was asked. */
const setUp = (objects: ObjectRecord[], refuse: (frame: number) => AppError | null = () => null) => {
  const asked: string[] = [];
  const refused: string[] = [];
  const waiting: (() => void)[] = [];
  const peer = {
    call: async (method: string, { objectId, frame }: { objectId: number; frame: number }) => {
      asked.push(`${method} ${objectId}@${frame}`);
      await new Promise<void>((resolve) => waiting.push(resolve));
      const error = refuse(frame);
      if (error) throw error;
      return { objectId };
    },
  } as unknown as EnginePeer;
  const replay = new PromptReplay({
    sessionId: 's',
    engine: () => peer,
    objects: () => objects,
    onRefused: (name, frame, { code }) => refused.push(`${name}@${frame} ${code}`),
  });
  const answer = async (): Promise<void> => {
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    waiting.shift()!();
  };
  return { replay, peer, asked, refused, answer };
};

test('every prompt is given, one after another, and a refused one stops none of the others', async () => {
  const { replay, asked, refused, answer } = setUp([objectWith(1, [0, 4]), objectWith(2, [9])], (frame) =>
    frame === 4 ? new AppError('source-unreadable', 'Frame 4 is damaged.') : null,
  );
  replay.begin();
  for (let i = 0; i < 3; i++) await answer();
  await replay.done();
  expect(asked).toEqual(['setPoints 1@0', 'setPoints 1@4', 'setPoints 2@9']);
  expect(refused).toEqual(['Object 1@4 source-unreadable']);
});

test('a lost engine ends it without a word, and it begins anew for the next one', async () => {
  let isLost = true;
  const { replay, asked, refused, answer } = setUp([objectWith(1, [0, 4])], () =>
    isLost ? new AppError('engine-lost', 'It ended.') : null,
  );
  replay.begin();
  await answer();
  await replay.done();
  expect([asked, refused]).toEqual([['setPoints 1@0'], []]);
  isLost = false;
  replay.begin();
  await answer();
  await answer();
  await replay.done();
  expect(asked.slice(1)).toEqual(['setPoints 1@0', 'setPoints 1@4']);
});

test('a clip that is closed gives no more', async () => {
  const { replay, asked, refused, answer } = setUp([objectWith(1, [0, 4, 8])], (frame) => {
    if (frame === 4) replay.stop();
    return null;
  });
  replay.begin();
  await answer();
  await answer();
  await replay.done();
  expect([asked.length, refused]).toEqual([2, []]);
});

test('a model that takes the place of another gets prompts that are there already as if they were new', async () => {
  const { replay, asked, answer } = setUp([objectWith(1, [3])]);
  replay.begin();
  const given = replay.giveToModel(() => {});
  for (let i = 0; i < 3; i++) await answer();
  await given;
  expect(asked).toEqual(['setPoints 1@3', 'clearPrompts 1@3', 'setPoints 1@3']);
});

test('an edit and a run wait for the prompts of before; a new object does not', async () => {
  const { replay, peer, asked, answer } = setUp([objectWith(7, [5])]);
  const host = {
    ...{ sessionId: 's', media: { width: 10, height: 10, frameCount: 20 }, store: new MaskStore() },
    ...{ engine: () => peer, isReady: () => replay.done(), logitSize: () => 2 },
    ...{ onFrame: () => {}, onChange: () => {}, onWork: () => {} },
  };
  const edits = new SessionEdits(host, newWork);
  replay.begin();
  expect(await edits.afterOthers(() => edits.addObject())).toBe(1);
  const removed = edits.removeObject(1);
  let tracked = 0;
  const loop = new TrackLoop(
    {
      edits,
      ready: () => replay.done(),
      track: async () => {
        tracked++;
        return { state: 'done', warning: null };
      },
    },
    { direction: 'forward', display: null },
    () => {},
  );
  const run = loop.start({ id: 'r', progress: () => {}, addOutput: () => {} } as unknown as Parameters<TrackLoop['start']>[0]);
  // Asked for before there is anything to cancel.
  loop.cancel();
  await answer();
  await answer();
  await removed;
  expect(await run).toEqual({ state: 'cancelled', warning: null });
  expect([tracked, asked]).toEqual([0, ['setPoints 7@5', 'removeObject 1@undefined']]);
});
