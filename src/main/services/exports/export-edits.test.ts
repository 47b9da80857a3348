/** An export shows the work as it was at its start, in every file, whatever the user does meanwhile. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import { resultsSchema } from '../../../shared/results.ts';
import type { EngineInput, EngineResult, MemoryReport } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { runningSession } from '../testing/running-session.ts';
import { smallClip, smallModel } from '../testing/small-clip.ts';
import type { ExportRequest } from './export-request.ts';
import type { EngineExportListener, ExportRun } from './export-run.ts';
import { exportSession } from './export-service.ts';

const frameCount = 130;
const media = smallClip({ width: 4, height: 1, frameCount });
/** COCO counts of a mask of the first pixel, and of the first two. */
const [one, two] = ['013', '022'] as const;

const result = (objectId: number, counts: string): EngineResult => ({
  ...{ objectId, counts, box: [0, 0, 1, 1], area: 1, predictedIou: 0.5, objectLogit: 3, prompted: false },
  overlay: { objectId, width: 2, height: 2, scale: 1, predictedIou: 0.5, objectLogit: 3, logits: new Int8Array(4) },
});
const noReport: MemoryReport = { uncertainty: [], events: [], amended: [] };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sam2-video-edits-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/**
 * Exports while the test is the engine: `atFrame` is called when the engine asks for masks from that frame on.
 * @returns the masks that the engine was given, by frame, as text
 */
const exportWith = async (
  session: Parameters<typeof exportSession>[0],
  change: Partial<ExportRequest>,
  atFrame: (frame: number) => Promise<void> | void,
): Promise<string[]> => {
  let listener: EngineExportListener | null = null;
  const given: string[] = [];
  const engine = {
    call: async (method: string, input: unknown) => {
      if (method === 'exportMasks')
        for (const { frame, masks } of (input as EngineInput<'exportMasks'>).frames) given[frame] = masks.flat().join(' ');
      if (method !== 'exportResults') return {};
      for (let from = 0; from < frameCount; from += 64) {
        await atFrame(from);
        listener!.onNeeds({ runId: 'export', from, to: Math.min(frameCount - 1, from + 63) });
      }
      return { state: 'done', warning: null };
    },
  } as unknown as EnginePeer;
  const run: ExportRun = {
    ...{ id: 'export', appVersion: '0', engine: () => engine, signal: new AbortController().signal },
    ...{ onWritten: () => {}, onProgress: () => {} },
    listen: (next) => {
      listener = next;
    },
  };
  const files = { video: true, masks: false, contactSheet: false, json: true, coco: true, csv: true };
  await exportSession(session, { directory, ...files, partial: false, memory: defaultMemorySettings, ...change }, run);
  return given;
};

const resultsCounts = async (): Promise<string[]> => {
  const { frames } = resultsSchema.parse(JSON.parse(await readFile(join(directory, 'results.json'), 'utf8')));
  return frames.map(({ objects }) => objects.flatMap(({ id, rle }) => [id, rle.counts]).join(' '));
};

const trackedSession = async () => {
  const { session, objectId, tracked, end } = await runningSession(media, smallModel(2));
  for (let frame = 0; frame < frameCount; frame++) tracked(frame, { results: [result(objectId, one)], memory: noReport });
  return { session, objectId, tracked, end };
};

describe('an export during edits', () => {
  it('gives the video the masks that the tables have, though they are tracked again and removed meanwhile', async () => {
    const { session, objectId, tracked, end } = await trackedSession();
    const given = await exportWith(session, {}, (frame) => {
      if (frame !== 64) return;
      for (let later = 0; later < 100; later++) tracked(later, { results: [result(objectId, two)], memory: noReport });
      for (let later = 100; later < frameCount; later++) session.store.remove(objectId, later);
    });
    await end();
    expect(session.store.get(objectId, 70)!.counts).toBe(two);
    expect(session.store.get(objectId, 110)).toBeUndefined();
    expect(given).toEqual(Array.from({ length: frameCount }, () => `${objectId} ${one}`));
    expect(await resultsCounts()).toEqual(given);
  });

  it('goes on with an object that is deleted, and without one that is added', async () => {
    const { session, objectId, tracked, end } = await trackedSession();
    const given = await exportWith(session, {}, async (frame) => {
      if (frame !== 64) return;
      await session.edits.removeObject(objectId);
      const added = session.edits.addObject();
      tracked(100, { results: [result(added, two)], memory: noReport });
    });
    await end();
    expect(given).toEqual(Array.from({ length: frameCount }, () => `${objectId} ${one}`));
    expect(await resultsCounts()).toEqual(given);
  });
});
