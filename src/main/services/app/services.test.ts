import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { Operations } from '../base/operations.ts';
import { RateMeter } from '../base/rate-meter.ts';
import { StateStore } from '../base/state-store.ts';
import { exportFolderName } from '../exports/export-service.ts';
import { MaskStore } from '../results/mask-store.ts';

const result = (objectId: number, value = 16): EngineResult => ({
  objectId,
  counts: '1',
  box: null,
  area: 0,
  score: 0.5,
  objectLogit: 1,
  prompted: false,
  overlay: { objectId, width: 2, height: 2, scale: 1 / 16, score: 0.5, objectLogit: 1, logits: Int8Array.of(value, -value, 0, 127) },
});

describe('MaskStore', () => {
  it('tells ranges like a set would', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.boolean())), (steps) => {
        const store = new MaskStore();
        const model = new Set<number>();
        for (const [frame, isPut] of steps) {
          if (isPut) {
            store.put(frame, result(1));
            model.add(frame);
          } else {
            store.remove(1, frame);
            model.delete(frame);
          }
        }
        const covered = store.ranges(1).flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i));
        expect(covered).toEqual([...model].sort((a, b) => a - b));
        expect(store.ranges(1).every(([a], i, all) => i === 0 || a > all[i - 1]![1] + 1)).toBe(true);
        expect(store.frames(1)).toEqual(covered);
      }),
    );
  });

  it('gives back the logits it was given, for the window and for a correction', () => {
    const store = new MaskStore();
    store.put(7, result(3));
    expect([...store.overlays(7, [3, 4])[0]!.logits]).toEqual([16, -16, 0, 127]);
    expect([...store.priorLogits(3, 7, 2)!]).toEqual([1, -1, 0, 127 / 16]);
    expect(store.priorLogits(3, 8, 2)).toBeNull();
    expect(store.priorLogits(3, 7, 4)).toBeNull();
  });
});

describe('RateMeter', () => {
  it('follows a change of pace and says nothing too early', () => {
    const meter = new RateMeter(1000);
    meter.add(0, 0);
    expect(meter.perSecond).toBeNull();
    for (let t = 1; t <= 20; t++) meter.add(t * 10, t * 100);
    expect(meter.perSecond).toBeCloseTo(100);
    for (let t = 21; t <= 40; t++) meter.add(200 + (t - 20), t * 100);
    expect(meter.perSecond).toBeCloseTo(10);
  });
});

describe('Operations', () => {
  it('end done, cancelled or failed, and keep their last state', async () => {
    const failures: string[] = [];
    const operations = new Operations(
      () => {},
      ({ message }) => failures.push(message),
    );
    let release: (state: 'done' | 'cancelled') => void = () => {};
    const id = operations.start(
      'track',
      'Track',
      (running) => {
        running.progress(1, 4);
        return new Promise((resolve) => {
          release = resolve;
        });
      },
      () => release('cancelled'),
    );
    expect(operations.isRunning('track')).toBe(true);
    operations.cancel(id);
    expect(await operations.ended(id)).toMatchObject({ state: 'cancelled', done: 1, total: 4, error: null });

    const failed = operations.start(
      'export',
      'Export',
      () => Promise.reject(new Error('no')),
      () => {},
    );
    expect(await operations.ended(failed)).toMatchObject({ state: 'failed', error: { code: 'internal', message: 'no' } });
    expect(operations.isRunning('export')).toBe(false);
    expect(failures).toEqual(['no']);
  });
});

describe('StateStore', () => {
  it('pushes the newest revision once for many changes', async () => {
    const store = new StateStore((revision) => ({ revision }));
    const seen: number[] = [];
    const pushed = new Promise<void>((resolve) => {
      store.subscribe(({ revision }) => {
        seen.push(revision);
        resolve();
      });
    });
    for (let i = 0; i < 50; i++) store.touch();
    // The store's timer does not keep a program alive; this one does.
    const alive = setInterval(() => {}, 1000);
    await pushed;
    clearInterval(alive);
    expect(seen).toEqual([51]);
  });
});

describe('exportFolderName', () => {
  it('is the clip and the time, safe on every file system', () => {
    expect(exportFolderName('/a/My clip.mp4', new Date('2026-01-02T03:04:05Z'))).toBe('My clip 2026-01-02 03.04.05');
  });
});
