/** The engine's methods on live sources. */

import { AppError } from '../../../shared/errors.ts';
import type { LiveCamera } from '../../../shared/live.ts';
import type { EngineEvents, EngineInput, EnginePrompt, engineInputs } from '../api/protocol.ts';
import type { JoinedSegment } from '../api/recording.ts';
import { listCameras } from '../streams/cameras.ts';
import { type LifecycleRules, networkRules } from '../streams/lifecycle.ts';
import { LiveSession } from '../streams/live-session.ts';
import { joinRecording } from '../streams/recording.ts';
import type { InferenceClient } from '../worker/inference-client.ts';

export interface LiveHost {
  parse: <M extends keyof typeof engineInputs>(method: M, input: unknown) => EngineInput<M>;
  findFfmpeg: () => Promise<string>;
  worker: () => InferenceClient['peer'];
  /** Side of the model's input. @throws AppError `model-missing` */
  modelSize: () => number;
  /** Stands in for cameras in tests. */
  cameraArgs: () => ((deviceId: string) => string[]) | undefined;
  emit: <K extends 'liveFrame' | 'liveMedia' | 'liveReport'>(name: K, data: EngineEvents[K]) => Promise<void>;
}

export class LiveSources {
  readonly #host: LiveHost;
  readonly #sessions = new Map<string, LiveSession>();

  constructor(host: LiveHost) {
    this.#host = host;
  }

  get(sessionId: string): LiveSession | undefined {
    return this.#sessions.get(sessionId);
  }

  onPrompt(sessionId: string, prompt: EnginePrompt): void {
    this.#sessions.get(sessionId)?.onPrompt(prompt);
  }

  readonly methods = {
    liveCameras: async (_: EngineInput<'liveCameras'>): Promise<{ cameras: LiveCamera[] }> => ({
      cameras: await listCameras(await this.#host.findFfmpeg()),
    }),

    /** Begins to connect; how it goes is told by the events `liveReport`, `liveMedia` and `liveFrame`. */
    liveStart: async (raw: EngineInput<'liveStart'>): Promise<{ frameCount: number }> => {
      const { parse, findFfmpeg, modelSize, emit, cameraArgs } = this.#host;
      const { sessionId, source, tries, rules, memory, picture, ...rest } = parse('liveStart', raw);
      await this.#sessions.get(sessionId)?.close();
      const worker = this.#host.worker();
      const openTracker = async ({ width, height }: { width: number; height: number }): Promise<void> => {
        await worker.call('openSession', { sessionId, width, height, frameCount: null });
      };
      // Known from an engine before this one: prompts are given again before the source is back.
      if (picture) await openTracker(picture);
      const network = networkRules(tries);
      const session = new LiveSession({
        ...rest,
        source,
        modelSize: modelSize(),
        known: picture,
        ffmpeg: await findFfmpeg(),
        rules: {
          ...network,
          // A window is waited for: its user may be asked whether the camera may be used.
          ...(source.kind === 'window' && { restartMs: null, connectMs: null, tries: 0 }),
          ...(Object.fromEntries(Object.entries(rules).filter(([, ms]) => ms !== undefined)) as Partial<LifecycleRules>),
        },
        cameraArgs: cameraArgs(),
        startPropagation: () => worker.call('startPropagation', { sessionId, memory }),
        track: ({ frame, model }, objectIds) => {
          const image = model.slice();
          return worker.call('trackFrame', { sessionId, frame, reverse: false, image, objectIds }, { transfer: [image.buffer] });
        },
        onDescribed: async (described) => {
          if (!picture) await openTracker(described);
          const { width, height, codec, colorSpace, fullRange, hasAudio } = described;
          await emit('liveMedia', { sessionId, width, height, codec, colorSpace, fullRange, hasAudio });
        },
        onFrame: (event) => emit('liveFrame', { sessionId, ...event }),
        onReport: (report) => void emit('liveReport', { sessionId, ...report }),
      });
      this.#sessions.set(sessionId, session);
      return { frameCount: session.frameCount };
    },

    /** Answered when it is on its way to the disk. */
    liveAppend: async (raw: EngineInput<'liveAppend'>): Promise<object> => {
      const { sessionId, data } = this.#host.parse('liveAppend', raw);
      await this.#session(sessionId).append(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      return {};
    },

    liveTracking: async (raw: EngineInput<'liveTracking'>): Promise<object> => {
      const { sessionId, isOn, locked } = this.#host.parse('liveTracking', raw);
      this.#session(sessionId).setTracking(isOn, locked);
      return {};
    },

    /** Answered when nothing is under way and the files of the recording are whole. */
    liveStop: async (raw: EngineInput<'liveStop'>): Promise<object> => {
      const { sessionId } = this.#host.parse('liveStop', raw);
      const session = this.#sessions.get(sessionId);
      await session?.close();
      if (this.#sessions.delete(sessionId)) await this.#host.worker().call('closeSession', { sessionId });
      return {};
    },

    /** Makes a clip of the recording in a folder. */
    liveJoin: async (raw: EngineInput<'liveJoin'>): Promise<{ segments: JoinedSegment[] }> => {
      const { folder, output } = this.#host.parse('liveJoin', raw);
      return joinRecording(await this.#host.findFfmpeg(), folder, output);
    },
  };

  #session(sessionId: string): LiveSession {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new AppError('session-unknown', 'This live source has ended. Start it again.');
    return session;
  }
}
