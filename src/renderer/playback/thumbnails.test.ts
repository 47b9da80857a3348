import { beforeEach, expect, it, vi } from 'vitest';
import type { FrameMessage } from '../../shared/wire.ts';
import type { Client } from '../transport/client.ts';
import { firstThumbnailRequest, Thumbnails } from './thumbnails.ts';

let asked: { requestId: number; frame: number; end: (error?: Error) => Promise<void> }[] = [];
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
    call: (_: string, { requestId, frame }: { requestId: number; frame: number }) =>
      new Promise<void>((resolve, reject) => {
        const end = async (error?: Error): Promise<void> => {
          if (error) reject(error);
          else resolve();
          await new Promise((settled) => setTimeout(settled));
        };
        asked.push({ requestId, frame, end });
      }),
  } as unknown as Client;
  thumbnails = new Thumbnails(
    client,
    () => isIdle,
    ({ frame }) => frame,
  );
});

const arrive = (at: number): void => send({ requestId: asked[at]!.requestId, frame: asked[at]!.frame, width: 4 } as FrameMessage);

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
  send({ requestId: 5, frame: 1, width: 4 } as FrameMessage);
  expect(thumbnails.get(1)).toBeNull();
  thumbnails.clear();
  arrive(0);
  expect(thumbnails.get(1)).toBeNull();
  expect(asked[0]!.requestId).toBeGreaterThanOrEqual(firstThumbnailRequest);
});

it('takes a key frame for a wish that leaves the choice, and the frame itself for one that does not', async () => {
  expect(thumbnails.get(100, 200)).toBeNull();
  send({ requestId: asked[0]!.requestId, frame: 150, width: 4 } as FrameMessage);
  await asked[0]!.end();
  expect(thumbnails.get(100, 200)).toBe(150);
  expect(thumbnails.get(150)).toBe(150);
  expect(thumbnails.get(100)).toBeNull();
  expect(asked[1]).toMatchObject({ frame: 100 });
});
