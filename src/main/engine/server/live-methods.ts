/** The engine's methods on live sources. */

import { AppError } from '../../../shared/errors.ts';
import type { LiveCamera } from '../../../shared/live.ts';
import type { EngineEvents, EngineInput, EnginePrompt, engineInputs } from '../api/protocol.ts';
import type { JoinedSegment } from '../api/recording.ts';
import { listCameras } from '../streams/cameras.ts';
import { type LifecycleRules, networkRules } from '../streams/lifecycle.ts';
import { LiveSession } from '../streams/live-session.ts';
import { joinRecording } from '../streams/recording.ts';
import { retryOutOfMemory } from '../streams/retry.ts';
import type { StreamTracker } from '../streams/stream-tracker.ts';
import { defaultTrackers, type TrackerRegistry } from '../streams/tracker-registry.ts';
import type { InferenceClient } from '../worker/inference-client.ts';

export interface LiveHost {
  parse: <M extends keyof typeof engineInputs>(method: M, input: unknown) => EngineInput<M>;
  findFfmpeg: () => Promise<string>;
  worker: () => InferenceClient['peer'];
  /** Side of the model's input. @throws AppError `model-missing` */
  modelSize: () => number;
  /** Stands in for cameras in tests. */
  cameraArgs: () => ((deviceId: string) => string[]) | undefined;
  emit: <K extends 'liveFrame' | 'liveMedia' | 'liveReport' | 'liveFault'>(name: K, data: EngineEvents[K]) => Promise<void>;
}

export class LiveSources {
  readonly #host: LiveHost;
  readonly #trackers: TrackerRegistry;
  readonly #sessions = new Map<string, { session: LiveSession; tracker: StreamTracker }>();

  constructor(host: LiveHost, trackers = defaultTrackers()) {
    this.#host = host;
    this.#trackers = trackers;
  }

  get(sessionId: string): LiveSession | undefined {
    return this.#sessions.get(sessionId)?.session;
  }

  onPrompt(sessionId: string, prompt: EnginePrompt): void {
    this.get(sessionId)?.onPrompt(prompt);
  }

  /** Another model is about to take over: nothing more is given to the former one. */
  forgetObjects(): void {
    for (const { session } of this.#sessions.values()) session.forgetObjects();
  }

  /** It has taken over: every source has a tracker again, which knows no object. */
  async reopen(): Promise<void> {
    for (const { session, tracker } of this.#sessions.values()) if (session.isDescribed) await tracker.initialise(session.media);
  }

  readonly methods = {
    liveCameras: async (_: EngineInput<'liveCameras'>): Promise<{ cameras: LiveCamera[] }> => ({
      cameras: await listCameras(await this.#host.findFfmpeg()),
    }),

    /** Begins to connect; how it goes is told by the events `liveReport`, `liveMedia` and `liveFrame`. */
    liveStart: async (raw: EngineInput<'liveStart'>): Promise<{ frameCount: number }> => {
      const { parse, findFfmpeg, modelSize, emit, cameraArgs } = this.#host;
      const { sessionId, source, tries, rules, memory, picture, ...rest } = parse('liveStart', raw);
      await this.get(sessionId)?.close();
      const { worker } = this.#host;
      const tracker = this.#trackers.create(rest.stream?.tracker ?? 'sam2_realtime', { sessionId, memory, worker });
      // Known from an engine before this one: prompts are given again before the source is back.
      if (picture) await tracker.initialise(picture);
      if (rest.stream) await worker().call('setShare', { sessionId, share: rest.stream.targetFps });
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
        startPropagation: () => tracker.takePrompts(),
        track: async (frame, objectIds) => {
          const onRetry = (): void => void emit('liveFault', { sessionId, code: 'out-of-memory' });
          const { masks, timings, processingMs } = await retryOutOfMemory(() => tracker.processFrame(frame, objectIds), onRetry);
          return { results: masks, timings, workerMs: processingMs };
        },
        onDescribed: async (described) => {
          if (!picture) await tracker.initialise(described);
          const { width, height, codec, colorSpace, fullRange, hasAudio } = described;
          await emit('liveMedia', { sessionId, width, height, codec, colorSpace, fullRange, hasAudio });
        },
        onFrame: (event) => emit('liveFrame', { sessionId, ...event }),
        onReport: (report) => void emit('liveReport', { sessionId, ...report }),
      });
      this.#sessions.set(sessionId, { session, tracker });
      return { frameCount: session.frameCount };
    },

    /** Answered when it is on its way to the disk. */
    liveAppend: async (raw: EngineInput<'liveAppend'>): Promise<object> => {
      const { sessionId, data } = this.#host.parse('liveAppend', raw);
      await this.#session(sessionId).append(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      return {};
    },

    liveTracking: async (raw: EngineInput<'liveTracking'>): Promise<object> => {
      const { sessionId, isOn, locked, stride } = this.#host.parse('liveTracking', raw);
      this.#session(sessionId).setTracking(isOn, locked, stride);
      return {};
    },

    /** Answered when nothing is under way and the files of the recording are whole. */
    liveStop: async (raw: EngineInput<'liveStop'>): Promise<object> => {
      const { sessionId } = this.#host.parse('liveStop', raw);
      const live = this.#sessions.get(sessionId);
      await live?.session.close();
      if (this.#sessions.delete(sessionId)) await live?.tracker.cleanUp();
      return {};
    },

    /** Makes a clip of the recording in a folder. */
    liveJoin: async (raw: EngineInput<'liveJoin'>): Promise<{ segments: JoinedSegment[] }> => {
      const { folder, output } = this.#host.parse('liveJoin', raw);
      return joinRecording(await this.#host.findFfmpeg(), folder, output);
    },
  };

  #session(sessionId: string): LiveSession {
    const session = this.get(sessionId);
    if (!session) throw new AppError('session-unknown', 'This live source has ended. Start it again.');
    return session;
  }
}
