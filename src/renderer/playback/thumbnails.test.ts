import { beforeEach, expect, it, vi } from 'vitest';
import type { FrameMessage } from '../../shared/wire.ts';
import type { Client } from '../transport/client.ts';
import { firstThumbnailRequest, Thumbnails } from './thumbnails.ts';

let asked: { sessionId: string; requestId: number; frame: number; end: (error?: Error) => Promise<void> }[] = [];
let send: (message: FrameMessage) => void;
let isIdle = true;
let thumbnails: Thumbnails<number>;

beforeEach(() => {
  asked = [];
  isIdle = true;
  const client = {
    onFrame: (listener: typeof send) => {
      send = listener;
      return () => {};
    },
    call: (_: string, { sessionId, requestId, frame }: { sessionId: string; requestId: number; frame: number }) =>
      new Promise<void>((resolve, reject) => {
        const end = async (error?: Error): Promise<void> => {
          if (error) reject(error);
          else resolve();
          await new Promise((settled) => setTimeout(settled));
        };
        asked.push({ sessionId, requestId, frame, end });
      }),
  } as unknown as Client;
  thumbnails = new Thumbnails(
    client,
    () => isIdle,
    ({ frame }) => frame,
  );
  thumbnails.open('a');
});

const arrive = (at: number): void =>
  send({ sessionId: asked[at]!.sessionId, requestId: asked[at]!.requestId, frame: asked[at]!.frame, width: 4 } as FrameMessage);

it('fetches one at a time, the newest wish first, and keeps what came', async () => {
  const onArrival = vi.fn();
  thumbnails.onArrival(onArrival);
  for (const frame of [1, 2, 3]) expect(thumbnails.get(frame)).toBeNull();
  expect(asked.map(({ frame }) => frame)).toEqual([1]);
  arrive(0);
  await asked[0]!.end();
  expect(asked.map(({ frame }) => frame)).toEqual([1, 3]);
  expect(thumbnails.get(1)).toBe(1);
  expect(onArrival).toHaveBeenCalledExactlyOnceWith(1);
});

it('waits while the decoder is needed elsewhere, and goes on after a failure', async () => {
  isIdle = false;
  thumbnails.get(7);
  thumbnails.get(8);
  expect(asked).toEqual([]);
  isIdle = true;
  thumbnails.pump();
  await asked[0]!.end(new Error('cancelled'));
  expect(asked.map(({ frame }) => frame)).toEqual([8, 7]);
  expect(thumbnails.get(8)).toBeNull();
});

it('leaves the frames of the player and of a closed clip alone', async () => {
  thumbnails.get(1);
  send({ sessionId: 'a', requestId: 5, frame: 1, width: 4 } as FrameMessage);
  expect(thumbnails.get(1)).toBeNull();
  thumbnails.open('b');
  arrive(0);
  expect(thumbnails.get(1)).toBeNull();
  expect(asked[0]!.requestId).toBeGreaterThanOrEqual(firstThumbnailRequest);
});

it('takes a key frame for a wish that leaves the choice, and the frame itself for one that does not', async () => {
  expect(thumbnails.get(100, 200)).toBeNull();
  send({ sessionId: 'a', requestId: asked[0]!.requestId, frame: 150, width: 4 } as FrameMessage);
  await asked[0]!.end();
  expect(thumbnails.get(100, 200)).toBe(150);
  expect(thumbnails.get(150)).toBe(150);
  expect(thumbnails.get(100)).toBeNull();
  expect(asked[1]).toMatchObject({ frame: 100 });
});

it('keeps those of a session that is behind, apart from those of the one on screen', async () => {
  thumbnails.get(1);
  arrive(0);
  await asked[0]!.end();
  thumbnails.open('b');
  expect(thumbnails.get(1)).toBeNull();
  expect(asked[1]).toMatchObject({ sessionId: 'b', frame: 1 });
  thumbnails.open('a');
  expect(thumbnails.get(1)).toBe(1);
});
