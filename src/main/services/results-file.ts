/** results.json from a session's store. */
import type { TrackedObject } from '../../shared/contract.ts';
import type { MemorySettings } from '../../shared/memory-settings.ts';
import type { Results } from '../../shared/results.ts';
import type { OpenedMedia } from '../engine/engine.ts';
import type { EngineModel } from '../engine/protocol.ts';
import type { MaskStore } from './mask-store.ts';
import type { TreeStore } from './tree-store.ts';

export const buildResults = (options: {
  name: string;
  media: OpenedMedia;
  model: EngineModel;
  objects: readonly TrackedObject[];
  store: MaskStore;
  trees: TreeStore;
  memory: MemorySettings;
  range: { from: number; to: number };
  partial: boolean;
  appVersion: string;
}): Results => {
  const { media, model, store, trees, objects, range } = options;
  const { num, den } = media.timeBase;
  const first = media.ptsTicks[0] ?? 0;
  const frames: Results['frames'] = [];
  for (let frame = range.from; frame <= range.to; frame++) {
    const pts = media.ptsTicks[frame]!;
    const events = trees.eventsOn(frame);
    frames.push({
      frame,
      timeMs: ((pts - first) * num * 1000) / den,
      pts,
      objects: objects.flatMap(({ id }) => {
        const stored = store.get(id, frame);
        if (!stored) return [];
        const { counts, box, area, score, objectLogit, prompted } = stored;
        return [{ id, rle: { size: [media.height, media.width] as [number, number], counts }, box, area, score, objectLogit, prompted }];
      }),
      ...(events.length > 0 ? { events } : {}),
    });
  }
  return {
    schema: 1,
    generator: `sam2-video ${options.appVersion}`,
    source: { name: options.name, width: media.width, height: media.height, frameCount: media.frameCount, timeBase: media.timeBase },
    model: { id: model.id, version: model.version, imageSize: model.imageSize },
    objects: objects.map(({ id, name, color }) => ({ id, name, color })),
    memory: { settings: options.memory, counters: trees.counters, review: trees.review },
    partial: options.partial,
    frames,
  };
};

/** One line a frame: hours of results stay readable and diffable. */
export const formatResults = (results: Results): string => {
  const { frames, ...head } = results;
  const opening = JSON.stringify(head, null, 1).replace(/\n}$/, '');
  return `${opening},\n "frames": [\n${frames.map((frame) => JSON.stringify(frame)).join(',\n')}\n ]\n}\n`;
};
