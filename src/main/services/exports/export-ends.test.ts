/** How an export ends: whole, cut short with what it has kept or removed, and behind a run that is still under way. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import { resultsSchema } from '../../../shared/results.ts';
import type { ExportOutcome } from '../../engine/api/media.ts';
import type { EngineInput, EngineResult } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { runningSession } from '../testing/running-session.ts';
import { smallClip, smallModel } from '../testing/small-clip.ts';
import type { ExportRequest } from './export-request.ts';
import type { EngineExportListener, WrittenFile } from './export-run.ts';
import { exportSession } from './export-service.ts';
import { FollowedRun } from './followed-run.ts';

const frameCount = 20;
const slice = 4;

/** An engine that writes a file a frame, as far as it is let. */
class ScriptedEngine {
  listener: EngineExportListener | null = null;
  /** Frames that were written with their masks. */
  readonly given: [number, string][] = [];
  /** Called before each frame. */
  onFrame: (frame: number) => void = () => {};
  failAt = Number.POSITIVE_INFINITY;
  #last = Number.POSITIVE_INFINITY;
  #isWhole = true;
  #isCancelled = false;
  #masks: { frame: number; masks: [number, string][] }[] | null = null;
  #wake: () => void = () => {};

  readonly peer = {
    call: async (method: string, input: unknown) => {
      if (method === 'exportResults') return this.#export(input as EngineInput<'exportResults'>);
      if (method === 'exportMasks') this.#masks = (input as EngineInput<'exportMasks'>).frames;
      if (method === 'cancel') this.#isCancelled = true;
      if (method === 'endExport') {
        const { last, isWhole } = input as EngineInput<'endExport'>;
        const wanted = last ?? this.#reached;
        if (wanted < this.#last) [this.#last, this.#isWhole] = [wanted, isWhole];
      }
      this.#wake();
      return {};
    },
  } as unknown as EnginePeer;

  get #reached(): number {
    return this.given.at(-1)?.[0] ?? -1;
  }

  async #export({ from, to, video, cutVideo, masksDirectory }: EngineInput<'exportResults'>): Promise<ExportOutcome> {
    if (masksDirectory) await mkdir(masksDirectory);
    for (let frame = from; frame <= to; frame++) {
      if ((frame - from) % slice === 0) {
        this.#masks = null;
        this.listener!.onNeeds({ runId: 'export', from: frame, to: Math.min(to, frame + slice - 1) });
      }
      this.onFrame(frame);
      while (this.#masks === null && frame <= this.#last && !this.#isCancelled)
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      if (frame >= this.failAt) throw new AppError('disk-full', 'The disk is full.');
      if (this.#isCancelled) return { state: 'cancelled', warning: null, last: null };
      if (frame > this.#last) break;
      this.given.push([
        frame,
        this.#masks!.find((entry) => entry.frame === frame)!
          .masks.flat()
          .join(' '),
      ]);
      if (masksDirectory) await writeFile(join(masksDirectory, `${frame}.png`), 'mask');
    }
    const last = this.given.length > 0 ? this.#reached : null;
    if (video && last !== null) await writeFile(last === to || this.#isWhole ? video : cutVideo!, 'video');
    return { state: 'done', warning: null, last };
  }
}

const result = (objectId: number): EngineResult => ({
  ...{ objectId, counts: '013', box: [0, 0, 1, 1], area: 1, predictedIou: 0.5, objectLogit: 3, prompted: false },
  overlay: { objectId, width: 2, height: 2, scale: 1, predictedIou: 0.5, objectLogit: 3, logits: new Int8Array(4) },
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sam2-video-ends-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const setUp = async () => {
  const { session, objectId, tracked, end } = await runningSession(smallClip({ width: 4, height: 1, frameCount }), smallModel(2));
  const track = (frame: number): void =>
    tracked(frame, { results: [result(objectId)], memory: { uncertainty: [], events: [], amended: [] } });
  const engine = new ScriptedEngine();
  const ending = new AbortController();
  const written: WrittenFile[] = [];
  const start = (change: Partial<ExportRequest>): Promise<'done' | 'cancelled'> => {
    const files = { video: true, masks: true, contactSheet: false, json: true };
    return exportSession(
      session,
      { directory, ...files, partial: false, memory: defaultMemorySettings, ...change },
      {
        ...{ id: 'export', appVersion: '0', engine: () => engine.peer, signal: ending.signal, onProgress: () => {} },
        onWritten: (file) => written.push(file),
        listen: (listener) => {
          engine.listener = listener;
        },
      },
    );
  };
  return { session, track, end, engine, ending, written, start };
};

const names = async (): Promise<string[]> => (await readdir(directory)).sort();
const results = async () => resultsSchema.parse(JSON.parse(await readFile(join(directory, 'results.json'), 'utf8')));

describe('an export that is cut short', () => {
  it('keeps masks and video under names that say so, next to the whole table', async () => {
    const { track, end, engine, ending, written, start } = await setUp();
    for (let frame = 0; frame < frameCount; frame++) track(frame);
    engine.onFrame = (frame) => {
      if (frame === 9) ending.abort();
    };
    expect(await start({ keepsPartial: true })).toBe('cancelled');
    await end();
    expect(await names()).toEqual(['annotated.partial.mp4', 'masks.partial', 'results.json']);
    expect(await readdir(join(directory, 'masks.partial'))).toHaveLength(engine.given.length);
    expect(engine.given.length).toBeGreaterThan(7);
    expect(engine.given.length).toBeLessThan(frameCount);
    expect((await results()).frames).toHaveLength(frameCount);
    expect(written.map(({ name }) => name).sort()).toEqual(await names());
  });

  it('replaces nothing that an earlier one kept', async () => {
    for (let round = 0; round < 2; round++) {
      const { track, end, engine, ending, start } = await setUp();
      track(0);
      engine.onFrame = (frame) => {
        if (frame === 9) ending.abort();
      };
      await start({ keepsPartial: true, overwrite: true });
      await end();
    }
    const kept = ['annotated.partial (2).mp4', 'annotated.partial.mp4', 'masks.partial', 'masks.partial (2)', 'results.json'];
    expect(await names()).toEqual(kept);
  });

  it('writes its tables to the end when it is interrupted before the pictures', async () => {
    const { track, end, ending, start } = await setUp();
    track(0);
    ending.abort();
    expect(await start({ keepsPartial: true })).toBe('cancelled');
    await end();
    expect(await names()).toEqual(['results.json']);
  });

  it('keeps the masks also where it fails', async () => {
    const { end, engine, start } = await setUp();
    engine.failAt = 6;
    await expect(start({ keepsPartial: true })).rejects.toMatchObject({ code: 'disk-full' });
    await end();
    expect(await names()).toEqual(['masks.partial', 'results.json']);
    expect(await readdir(join(directory, 'masks.partial'))).toHaveLength(6);
  });

  it('leaves nothing of the pictures where the user did not ask for that', async () => {
    const { end, engine, start } = await setUp();
    engine.onFrame = (frame) => {
      if (frame === 9) void engine.peer.call('cancel', { runId: 'export' });
    };
    expect(await start({})).toBe('cancelled');
    await end();
    expect(await names()).toEqual(['results.json']);
  });
});

describe('an export that follows a run', () => {
  it('writes each frame when it is final, and the tables at the end', async () => {
    const { track, end, engine, start } = await setUp();
    const lag = 3;
    const follow = new FollowedRun(lag);
    const reached = Promise.withResolvers<void>();
    engine.onFrame = (frame) => {
      if (frame === slice) reached.resolve();
    };
    const exporting = start({ follow, keepsPartial: true });
    const pass = (from: number, to: number): void => {
      for (let frame = from; frame <= to; frame++) {
        track(frame);
        follow.passed(frame);
      }
    };
    pass(0, slice - 1 + lag);
    // The first slice is written while the run is under way, and no frame that it may still amend.
    await reached.promise;
    expect(engine.given.map(([frame]) => frame)).toEqual([0, 1, 2, 3]);
    expect(existsSync(join(directory, 'results.json'))).toBe(false);
    pass(slice + lag, frameCount - 1);
    follow.end({ last: frameCount - 1, partial: false });
    expect(await exporting).toBe('done');
    await end();
    expect(engine.given).toEqual(Array.from({ length: frameCount }, (_, frame) => [frame, '1 013']));
    expect(await names()).toEqual(['annotated.mp4', 'masks', 'results.json']);
    expect((await results()).partial).toBe(false);
  });

  it('ends with a run that was cut short, whole and under the usual names', async () => {
    const { track, end, engine, start } = await setUp();
    const follow = new FollowedRun(0);
    const exporting = start({ follow, keepsPartial: true });
    for (let frame = 0; frame < 10; frame++) {
      track(frame);
      follow.passed(frame);
    }
    follow.end({ last: 9, partial: true });
    expect(await exporting).toBe('done');
    await end();
    expect(engine.given.map(([frame]) => frame)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await names()).toEqual(['annotated.mp4', 'masks', 'results.json']);
    const { frames, partial } = await results();
    expect([frames.length, partial]).toEqual([10, true]);
  });

  it('keeps what it has, and the whole table, when it is interrupted itself', async () => {
    const { track, end, engine, ending, start } = await setUp();
    const follow = new FollowedRun(0);
    for (let frame = 0; frame < frameCount; frame++) track(frame);
    follow.passed(frameCount - 1);
    follow.end({ last: frameCount - 1, partial: false });
    engine.onFrame = (frame) => {
      if (frame === 9) ending.abort();
    };
    expect(await start({ follow, keepsPartial: true })).toBe('cancelled');
    await end();
    expect(await names()).toEqual(['annotated.partial.mp4', 'masks.partial', 'results.json']);
    expect((await results()).frames).toHaveLength(frameCount);
    expect(existsSync(join(directory, 'masks'))).toBe(false);
  });
});
