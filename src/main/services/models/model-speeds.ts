/** How fast models are on this machine: seen while the user tracks, or measured on the bundled clip when they ask. */
import { AppError } from '../../../shared/errors.ts';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import type { ModelSpeed } from '../../../shared/models.ts';
import type { EngineModel } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import { changeModelSettings, readModelSettings } from './model-settings.ts';

/** A run of fewer frames tells too little. */
export const leastFrames = 48;
/** Model, size, provider and number of objects: one speed of each, the newest. */
const keyOf = ({ id, imageSize, provider, objects }: ModelSpeed): string => `${id}@${imageSize}/${provider}/${objects}`;
const mostKept = 60;

export class ModelSpeeds {
  readonly #path: string;
  readonly #isKept: boolean;
  readonly #onChange: () => void;
  #list: ModelSpeed[] = [];

  constructor(path: string, isKept: boolean, onChange: () => void) {
    this.#path = path;
    this.#isKept = isKept;
    this.#onChange = onChange;
  }

  /** The newest first. */
  get list(): ModelSpeed[] {
    return this.#list;
  }

  async load(): Promise<void> {
    if (this.#isKept) this.#list = (await readModelSettings(this.#path)).speeds;
  }

  async record(speed: ModelSpeed): Promise<void> {
    this.#list = [speed, ...this.#list.filter((known) => keyOf(known) !== keyOf(speed))].slice(0, mostKept);
    this.#onChange();
    // A disk that refuses to keep it is no reason to stop.
    if (this.#isKept) await changeModelSettings(this.#path, { speeds: this.#list }).catch(() => {});
  }
}

export const speedOf = (
  { imageSize, provider }: Pick<EngineModel, 'imageSize' | 'provider'>,
  id: string,
  objects: number,
  framesPerSecond: number,
): ModelSpeed => ({ id, imageSize, provider, objects, framesPerSecond, measuredAt: new Date().toISOString() });

const cancelled = (): AppError => new AppError('cancelled', 'The measurement was cancelled.');

/** Frames of the two runs whose difference is the speed. */
export interface SpeedFrames {
  short: number;
  long: number;
}
const usualFrames: SpeedFrames = { short: 8, long: leastFrames };

export interface SpeedRun {
  signal: AbortSignal;
  /** Frames of all runs together. */
  onFrames: (done: number, total: number) => void;
  /** Who hears of each tracked frame of the run; null at its end. */
  listen: (listener: ((done: number) => void) | null) => void;
}

/** The engine's run that measures. */
export const speedRunId = 'speed';

/**
 * Tracks one object through a short and a longer piece of the clip; the difference has neither the start of the decoder
 * nor that of the model in it.
 * @returns frames/s, decoding and masks included
 * @throws AppError `cancelled`
 */
export const measureSpeed = async (
  peer: EnginePeer,
  clip: string,
  { signal, onFrames, listen }: SpeedRun,
  runs = usualFrames,
): Promise<number> => {
  const sessionId = 'speed';
  const { width, height } = await peer.call('open', { sessionId, path: clip });
  try {
    const box = { x: width / 4, y: height / 4, width: width / 2, height: height / 2 };
    await peer.call('setPoints', { sessionId, objectId: 1, frame: 0, points: [], box, prior: null, candidate: null });
    let before = 0;
    const total = 2 * runs.short + runs.long;
    const timed = async (frames: number): Promise<number> => {
      if (signal.aborted) throw cancelled();
      listen((done) => onFrames(before + done, total));
      const began = performance.now();
      const { state } = await peer.call('track', {
        sessionId,
        runId: speedRunId,
        direction: 'forward',
        from: 0,
        to: frames - 1,
        objectIds: null,
        memory: defaultMemorySettings,
        resume: null,
        display: null,
      });
      if (state === 'cancelled') throw cancelled();
      before += frames;
      return performance.now() - began;
    };
    await timed(runs.short);
    const short = await timed(runs.short);
    const long = await timed(runs.long);
    return ((runs.long - runs.short) * 1000) / Math.max(1, long - short);
  } finally {
    listen(null);
    await peer.call('close', { sessionId }).catch(() => {});
  }
};
