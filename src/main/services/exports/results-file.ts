/** results.json from a session's store, a frame at a time: hours of results are never in memory. */
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import type { Results } from '../../../shared/results.ts';
import type { ReviewEntry } from '../../../shared/review.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { MaskReader } from '../results/mask-store.ts';
import type { TreeReader } from '../results/tree-store.ts';

export interface ResultsSource {
  name: string;
  media: OpenedMedia;
  model: EngineModel;
  objects: readonly TrackedObject[];
  store: MaskReader;
  trees: TreeReader;
  review: readonly ReviewEntry[];
  memory: MemorySettings;
  range: { from: number; to: number };
  partial: boolean;
  appVersion: string;
}

const resultsHead = (options: ResultsSource): Omit<Results, 'frames'> => {
  const { media, model, trees, objects, review } = options;
  return {
    schema: 1,
    generator: `sam2-video ${options.appVersion}`,
    source: { name: options.name, width: media.width, height: media.height, frameCount: media.frameCount, timeBase: media.timeBase },
    model: { id: model.id, version: model.version, imageSize: model.imageSize },
    objects: objects.map(({ id, name, color }) => ({ id, name, color })),
    memory: { settings: options.memory, counters: trees.counters, review: review.map(({ isDone: _, ...entry }) => entry) },
    partial: options.partial,
  };
};

const resultsFrame = ({ media, store, trees, objects }: ResultsSource, frame: number): Results['frames'][number] => {
  const { num, den } = media.timeBase;
  const pts = media.ptsTicks[frame]!;
  const events = trees.eventsOn(frame);
  return {
    frame,
    timeMs: ((pts - (media.ptsTicks[0] ?? 0)) * num * 1000) / den,
    pts,
    ...(media.pictures && { picture: media.pictures.names[frame]! }),
    objects: objects.flatMap(({ id }) => {
      const stored = store.get(id, frame);
      if (!stored) return [];
      const { counts, box, area, predictedIou, objectLogit, prompted } = stored;
      return [
        {
          id,
          rle: { size: [media.height, media.width] as [number, number], counts },
          box,
          area,
          score: predictedIou,
          objectLogit,
          prompted,
        },
      ];
    }),
    ...(events.length > 0 ? { events } : {}),
  };
};

/** The file's text: one line a frame, so that it stays readable and diffable; a part for each, and two more. */
export function* resultsText(source: ResultsSource): Generator<string> {
  const opening = JSON.stringify(resultsHead(source), null, 1).replace(/\n}$/, '');
  yield `${opening},\n "frames": [\n`;
  const { from, to } = source.range;
  for (let frame = from; frame <= to; frame++) yield `${JSON.stringify(resultsFrame(source, frame))}${frame < to ? ',' : ''}\n`;
  yield ' ]\n}\n';
}
