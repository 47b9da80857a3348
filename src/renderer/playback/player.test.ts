import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FrameMessage } from '../../shared/wire.ts';
import { type AppStore, createAppStore } from '../state/app-store.ts';
import { withActive, withHostState, withSession } from '../state/sessions.ts';
import { testHost, testOperation, testSession } from '../state/test-state.ts';
import type { Client } from '../transport/client.ts';
import { FrameTimes } from './frame-times.ts';
import { Player } from './player.ts';

interface Asked {
  sessionId: string;
  requestId: number;
  frame: number;
  maxWidth: number;
  answer(): Promise<void>;
}

const frameMs = 40;
let asked: Asked[] = [];
let store: AppStore;
let player: Player;
let push: (message: FrameMessage) => void;
let now = 0;
let tick: (() => void) | null = null;

const message = (requestId: number, frame: number, width = 4, sessionId = 'a'): FrameMessage => ({
  sessionId,
  requestId,
  frame,
  timeMs: frame * frameMs,
  width,
  height: width,
  colorSpace: 'bt709',
  fullRange: false,
  planes: new Uint8Array(0),
  overlays: [],
});

const hostState = (revision: number, isTracking = false) =>
  testHost(revision, ['a'], { operations: isTracking ? [testOperation('t')] : [] });

const advance = (ms: number): void => {
  now += ms;
  const run = tick;
  tick = null;
  run?.();
};

beforeEach(async () => {
  asked = [];
  now = 0;
  tick = null;
  store = createAppStore({ link: 'open' });
  const client = {
    onFrame: (listener: (m: FrameMessage) => void) => {
      push = listener;
      return () => {};
    },
    call: (
      _method: string,
      { sessionId, requestId, frame, maxWidth }: { sessionId: string; requestId: number; frame: number; maxWidth: number },
    ) =>
      new Promise<unknown>((resolve) => {
        asked.push({
          sessionId,
          requestId,
          frame,
          maxWidth,
          answer: async () => {
            push(message(requestId, frame, maxWidth, sessionId));
            resolve({});
            await vi.waitFor(() => {});
          },
        });
      }),
  } as unknown as Client;
  const times = new FrameTimes(client);
  times.open('a', { frameCount: 50, durationMs: 2000, averageFps: 25, isVariableFrameRate: false });
  player = new Player(client, store, times, {
    now: () => now,
    requestTick: (callback) => {
      tick = callback;
      return 1;
    },
    cancelTick: () => {
      tick = null;
    },
  });
  store.setState((s) => withSession(withHostState(s, hostState(1)), testSession('a', 1)));
  await asked[0]!.answer();
  asked = [];
});

describe('scrubbing', () => {
  it('asks one at a time and then for the newest wish', async () => {
    for (const frame of [5, 6, 7, 8]) player.seek(frame);
    expect(asked.map((a) => a.frame)).toEqual([5]);
    await asked[0]!.answer();
    expect(asked.map((a) => a.frame)).toEqual([5, 8]);
    expect(store.getState()).toMatchObject({ playhead: 8, shownFrame: 5 });
  });

  it('stays inside the clip', () => {
    player.seek(999);
    expect(store.getState().playhead).toBe(49);
    player.step(-999);
    expect(store.getState().playhead).toBe(0);
  });
});

describe('playing', () => {
  it('fetches ahead and shows each frame at its time', async () => {
    player.play();
    expect(asked[0]!.frame).toBe(1);
    await asked[0]!.answer();
    expect(store.getState().shownFrame).toBe(0);
    advance(40);
    expect(store.getState()).toMatchObject({ shownFrame: 1, playhead: 1, isPlaying: true });
  });

  it('leaves out frames that come too late', async () => {
    player.play();
    advance(400);
    await asked[0]!.answer();
    expect(asked[1]!.frame).toBeGreaterThan(8);
  });

  it('is not held up by the answer to an earlier scrub', async () => {
    player.seek(49);
    player.seek(3);
    player.play();
    await asked[0]!.answer();
    expect(store.getState().shownFrame).toBe(0);
    expect(asked[1]!.frame).toBe(4);
    await asked[1]!.answer();
    advance(40);
    expect(store.getState().shownFrame).toBe(4);
  });

  it('shows the frame it stopped at, not one that was fetched ahead', async () => {
    player.play();
    player.pause();
    await asked[0]!.answer();
    expect(store.getState()).toMatchObject({ playhead: 0, shownFrame: 0 });
  });

  it('stops at the end', async () => {
    player.seek(48);
    await asked[0]!.answer();
    player.play();
    await asked.at(-1)!.answer();
    advance(60);
    expect(store.getState()).toMatchObject({ isPlaying: false, playhead: 49 });
  });
});

describe('drawing that takes too long', () => {
  /** Plays on until drawings of that length were looked at. */
  const draw = (ms: number): void => {
    for (let i = 0; i < 6; i++) player.drawn(ms);
  };

  it('is made coarser while playing, with smaller pictures, and full when paused', async () => {
    player.play();
    await asked[0]!.answer();
    draw(200);
    expect(store.getState().drawingShare).toBe(0.5);
    await asked[1]!.answer();
    expect(asked.at(-1)!.maxWidth).toBe(320);
    advance(80);
    player.pause();
    await asked.at(-2)!.answer();
    await asked.at(-1)!.answer();
    expect(store.getState()).toMatchObject({ drawingShare: 1, isPlaying: false });
    expect(asked.at(-1)).toMatchObject({ frame: store.getState().playhead, maxWidth: 640 });
    expect(player.shown!.width).toBe(640);
  });

  it('is as it is where nothing plays, and where the user wants it full', () => {
    draw(200);
    expect(store.getState().drawingShare).toBe(1);
    store.setState((s) => ({ prefs: { ...s.prefs, playingQuality: 'full' } }));
    player.play();
    draw(200);
    expect(store.getState().drawingShare).toBe(1);
  });
});

describe('tracking', () => {
  beforeEach(() => store.setState((s) => withHostState(s, hostState(2, true))));

  it('is followed until the user moves', () => {
    player.follow();
    push(message(0, 20));
    expect(store.getState()).toMatchObject({ playhead: 20, shownFrame: 20 });
    player.seek(3);
    push(message(0, 21));
    expect(store.getState()).toMatchObject({ playhead: 3, shownFrame: 20 });
  });

  it('overlays of the frame on screen are passed on, others are not', () => {
    const onOverlays = vi.fn();
    player.overlays.add(onOverlays);
    push(message(0, 0, 0));
    push(message(0, 7, 0));
    expect(onOverlays).toHaveBeenCalledOnce();
  });
});

describe('another tab', () => {
  const show = (id: string): void => store.setState((s) => withActive(s, id));

  beforeEach(async () => {
    store.setState((s) => withHostState(s, testHost(2, ['a', 'b'])));
    player.seek(9);
    await asked[0]!.answer();
    show('b');
    store.setState((s) => withSession(s, testSession('b', 1, [], { position: 30 })));
  });

  it('asks for its own pictures', async () => {
    expect(player.shown).toBeNull();
    expect(asked.at(-1)).toMatchObject({ sessionId: 'b', frame: 30 });
    await asked.at(-1)!.answer();
    expect(player.shown).toMatchObject({ sessionId: 'b', frame: 30 });
  });

  it('shows no picture of the one that is behind', () => {
    const onPicture = vi.fn();
    player.pictures.add(onPicture);
    push(message(0, 9));
    push(message(0, 30, 0));
    expect(onPicture).not.toHaveBeenCalled();
    expect(store.getState().playhead).toBe(30);
  });

  it('back again, the last picture is there at once, and a fresh one is fetched', () => {
    const onPicture = vi.fn();
    player.pictures.add(onPicture);
    show('a');
    expect(onPicture).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ sessionId: 'a', frame: 9 }));
    expect(store.getState()).toMatchObject({ playhead: 9, shownFrame: 9 });
  });
});
