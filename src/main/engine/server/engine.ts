/**
 * The engine: open clips, their frames, prompts, track runs and exports. It runs in a process of its own (process.ts)
 * and can be used as a library. Its thread reads ffmpeg, answers the host and encodes results; the worker infers.
 */
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import type { Manifest } from '../../../shared/manifest.ts';
import { type Serving, Transferred } from '../../common/rpc.ts';
import { throttledProgress } from '../../common/throttle.ts';
import type { ExportOutcome, OpenedMedia, TrackOutcome } from '../api/media.ts';
import type { EngineMethods } from '../api/methods.ts';
import { type EngineEvents, type EngineInput, type EngineModel, type EnginePicture, engineInputs } from '../api/protocol.ts';
import type { WrittenResults } from '../export/export-results.ts';
import { MaskFeed } from '../export/mask-feed.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { hdrTransfers } from '../media/picture-form.ts';
import { type Bundle, openBundle } from '../model/bundle/bundle.ts';
import { constantsOf, graphPathsOf } from '../model/graphs/onnx-graphs.ts';
import { chooseProviders, type ProviderChoice } from '../model/runtime/providers.ts';
import { fitSize, MediaSource } from '../pipeline/media-source.ts';
import { planTrack } from '../pipeline/track-plan.ts';
import { runTrack } from '../pipeline/track-run.ts';
import type { InferenceClient } from '../worker/inference-client.ts';
import { ffmpegMethods } from './ffmpeg-methods.ts';
import { findMethods } from './find-methods.ts';
import { importMethods } from './import-methods.ts';
import { LiveSources } from './live-methods.ts';
import { ModelLock } from './model-lock.ts';
import { modelMethods } from './model-methods.ts';
import { promptMethods } from './prompt-methods.ts';

export type EngineEmit = <K extends keyof EngineEvents>(name: K, data: EngineEvents[K], transfer?: ArrayBuffer[]) => Promise<void>;

/** Parses a method's input; the host is ours, so a mismatch is a fault of the program and said so. */
const parse = <M extends keyof typeof engineInputs>(method: M, input: unknown): EngineInput<M> => {
  const result = engineInputs[method].safeParse(input);
  if (result.success) return result.data as EngineInput<M>;
  const issue = result.error.issues[0];
  throw new AppError(
    'bad-request',
    `The engine was asked "${method}" with a wrong ${issue?.path.join('.') || 'input'}: ${issue?.message}.`,
  );
};

export interface EngineOptions {
  ffmpeg?: string | null;
  /** Stands in for the machine's cameras in tests: ffmpeg's arguments up to and with `-i`. */
  cameraArgs?: ((deviceId: string) => string[]) | undefined;
}

export class Engine {
  readonly #emit: EngineEmit;
  readonly #ffmpegSetting: string | null;
  readonly #sources = new Map<string, MediaSource>();
  readonly #runs = new Map<string, AbortController>();
  /** Masks of the exports under way, by run. */
  readonly #feeds = new Map<string, MaskFeed>();
  readonly #client: InferenceClient;
  readonly #cameraArgs: EngineOptions['cameraArgs'];
  readonly #lock = new ModelLock();
  #manifest: Manifest | null = null;
  /** As the model was loaded with. */
  #providers: ProviderChoice = chooseProviders();
  /** Of the model that is loaded or being loaded. */
  #imageSize: number | null = null;
  #prepared: { path: string; source: Promise<MediaSource> } | null = null;
  #ffmpeg: Promise<string> | null = null;

  constructor(emit: EngineEmit, client: InferenceClient, options: EngineOptions = {}) {
    this.#emit = emit;
    this.#client = client;
    this.#ffmpegSetting = options.ffmpeg ?? null;
    this.#cameraArgs = options.cameraArgs;
  }

  readonly #live = new LiveSources({
    parse,
    worker: () => this.#client.peer,
    emit: (name, data) => this.#emit(name, data),
    cameraArgs: () => this.#cameraArgs,
    findFfmpeg: () => this.#findFfmpeg(),
    modelSize: () => this.#model().imageSize,
  });

  readonly methods = {
    ...this.#live.methods,
    ...modelMethods(parse),
    ...promptMethods({
      parse,
      lock: this.#lock,
      worker: () => this.#client.peer,
      source: (sessionId) => this.#live.get(sessionId) ?? this.#source(sessionId),
      modelSize: () => this.#model().imageSize,
      onPrompt: (sessionId, change) => this.#live.onPrompt(sessionId, change),
      emit: (event) => void this.#emit('prompted', event),
    }),
    ...findMethods({
      parse,
      worker: () => this.#client.peer,
      source: (sessionId) => this.#source(sessionId),
      live: (sessionId) => this.#live.get(sessionId),
      model: () => this.#model(),
      providers: () => this.#providers,
      asRun: (runId, caller, work) => this.#asRun(runId, caller, work),
      emit: (name, data) => this.#emit(name, data),
    }),
    ...ffmpegMethods(parse, () => this.#findFfmpeg()),
    ...importMethods({
      parse,
      cancellable: (runId, signal, work) => this.#cancellable(runId, signal, work),
      findFfmpeg: () => this.#findFfmpeg(),
      onProgress: (event) => void this.#emit('importProgress', event),
    }),

    /**
     * Replaces the model at work. Clips that are open stay open, with nothing known of their objects.
     * @throws AppError `cancelled` only while the former model is still at work
     */
    loadModel: async (raw: EngineInput<'loadModel'>, signal: AbortSignal): Promise<EngineModel> => {
      const input = parse('loadModel', raw);
      const { runId } = input;
      const tell = (done: number, total: number): void => void this.#emit('loadProgress', { runId, done, total });
      const bundle = await openBundle(input.bundleDir, { signal, onProgress: throttledProgress(tell) });
      tell(0, 0);
      if (bundle.needsWeights) {
        const { name, weights } = bundle.manifest;
        throw new AppError(
          'model-missing',
          `The weights of ${name} are not installed. Download them or import ${weights?.file} from disk.`,
        );
      }
      return this.#lock.change(() => {
        signal.throwIfAborted();
        return this.#replaceModel(bundle, chooseProviders(input.provider, input.threads, input.precision));
      });
    },

    /**
     * Looks at a clip that is opened soon, beside the loading of the model. What is wrong with it is said by `open`.
     */
    prepare: async (raw: EngineInput<'prepare'>): Promise<object> => {
      const { path } = parse('prepare', raw);
      const source = this.#lookAt(path);
      source.catch(() => {});
      this.#prepared = { path, source };
      return {};
    },

    /** Cancelled by the session's id, until the clip is listed. */
    open: async (raw: EngineInput<'open'>, caller: AbortSignal): Promise<Transferred<OpenedMedia>> => {
      const input = parse('open', raw);
      const { sessionId } = input;
      const prepared = this.#prepared;
      this.#prepared = null;
      const onProgress = throttledProgress(
        (done: number, total: number): void => void this.#emit('openProgress', { sessionId, done, total }),
      );
      const source = await (prepared?.path === input.path && input.stream === undefined && (input.deinterlace ?? 'auto') === 'auto'
        ? prepared.source
        : this.#cancellable(sessionId, caller, (signal) =>
            this.#lookAt(input.path, { signal, onProgress, stream: input.stream, deinterlace: input.deinterlace }),
          ));
      await this.methods.close({ sessionId: input.sessionId });
      const { media, index } = source;
      await this.#client.peer.call('openSession', {
        sessionId: input.sessionId,
        width: media.width,
        height: media.height,
        frameCount: media.frameCount,
      });
      this.#sources.set(input.sessionId, source);
      // Where the first prompt is likely to be; whatever is wrong with it is said there.
      if (this.#manifest) source.modelFrame(0, this.#manifest.imageSize).catch(() => {});
      const ptsTicks = Float64Array.from({ length: index.length }, (_, i) => index.ptsTicks(i));
      const {
        path: _,
        pixelFormat,
        audioCodec,
        container,
        startSec,
        isSeekExact,
        primaries,
        matrix,
        transfer,
        coded,
        hasChanges,
        deinterlacesAll,
        ...told
      } = media;
      return new Transferred({ ...told, hdr: hdrTransfers[coded.transfer ?? ''] ?? null, ptsTicks }, [ptsTicks.buffer]);
    },

    close: async (raw: EngineInput<'close'>): Promise<object> => {
      const { sessionId } = parse('close', raw);
      const source = this.#sources.get(sessionId);
      if (!source) return {};
      this.#sources.delete(sessionId);
      source.close();
      await this.#client.peer.call('closeSession', { sessionId });
      return {};
    },

    readFrame: async (raw: EngineInput<'readFrame'>): Promise<Transferred<EnginePicture>> => {
      const { sessionId, frame: asked, until, viewer, maxWidth, maxHeight } = parse('readFrame', raw);
      const live = this.#live.get(sessionId);
      if (live) return new Transferred(live.readFrame(asked, until, maxWidth, maxHeight), []);
      const source = this.#source(sessionId);
      // Where several frames will do, one that decoding can begin at costs the least.
      const frame = (until !== null && source.index.keyFrameIn(asked, until)) || asked;
      const picture = await source.readFrame(frame, maxWidth, maxHeight, viewer, until === null ? 'view' : 'thumbnail');
      return new Transferred({ ...picture, frame }, [picture.planes.buffer as ArrayBuffer]);
    },

    forgetViewer: async (raw: EngineInput<'forgetViewer'>): Promise<object> => {
      const { viewer } = parse('forgetViewer', raw);
      for (const source of this.#sources.values()) source.forgetViewer(viewer);
      return {};
    },

    /** Resolves when the run has ended; frames come as `trackedFrame` events. */
    track: async (raw: EngineInput<'track'>, caller: AbortSignal): Promise<TrackOutcome> => {
      const input = parse('track', raw);
      const source = this.#source(input.sessionId);
      return this.#asRun(input.runId, caller, async (signal) => {
        const worker = this.#client.peer;
        const all = await worker.call('startPropagation', { sessionId: input.sessionId, memory: input.memory });
        const chosen = input.objectIds ? all.filter(({ id }) => input.objectIds!.includes(id)) : all;
        const passes = planTrack(
          chosen,
          source.media.frameCount,
          input.direction,
          input.from,
          input.to,
          input.resume && { reverse: input.resume.reverse, at: new Map(input.resume.at) },
        );
        await runTrack({
          source,
          passes,
          modelSize: this.#model().imageSize,
          display: input.display ? fitSize(source.media, input.display.width, input.display.height) : null,
          signal,
          track: (frame, reverse, image, objectIds) =>
            worker.call(
              'trackFrame',
              { sessionId: input.sessionId, frame, reverse, image, objectIds },
              { transfer: [image.buffer as ArrayBuffer] },
            ),
          dropUpcoming: () => void worker.call('dropUpcoming', { sessionId: input.sessionId }).catch(() => {}),
          onFrame: (event) => this.#emit('trackedFrame', { sessionId: input.sessionId, runId: input.runId, ...event }),
        });
      });
    },

    /** About how many bytes the annotated video of these frames will have. */
    measureExport: async (raw: EngineInput<'measureExport'>, signal: AbortSignal): Promise<{ videoBytes: number | null }> => {
      const { sessionId, from, to } = parse('measureExport', raw);
      return { videoBytes: await this.#source(sessionId).measureEncoding(from, to, signal) };
    },

    exportResults: async (raw: EngineInput<'exportResults'>, caller: AbortSignal): Promise<ExportOutcome> => {
      const input = parse('exportResults', raw);
      const source = this.#source(input.sessionId);
      const { runId } = input;
      let written: WrittenResults = { last: null, warning: null };
      const outcome = await this.#asRun(runId, caller, async (signal) => {
        const feed = new MaskFeed(input, (from, to) => void this.#emit('exportNeeds', { runId, from, to }), signal);
        this.#feeds.set(runId, feed);
        try {
          const ffmpeg = await this.#findFfmpeg();
          const { exportResults } = await import('../export/export-results.ts');
          const onProgress = throttledProgress((done, total) => void this.#emit('exportProgress', { runId, done, total }));
          written = await exportResults(source, input, feed, ffmpeg, signal, onProgress);
        } finally {
          this.#feeds.delete(runId);
        }
      });
      return { ...written, ...outcome, warning: outcome.warning ?? written.warning };
    },

    exportMasks: async (raw: EngineInput<'exportMasks'>): Promise<object> => {
      const { runId, from, frames } = parse('exportMasks', raw);
      this.#feeds.get(runId)?.put(from, frames);
      return {};
    },

    endExport: async (raw: EngineInput<'endExport'>): Promise<object> => {
      const { runId, last, isWhole } = parse('endExport', raw);
      this.#feeds.get(runId)?.end(last, isWhole);
      return {};
    },

    /** Memory of this process in bytes. */
    usage: async (_: EngineInput<'usage'>): Promise<{ bytes: number }> => ({ bytes: process.memoryUsage.rss() }),

    cancel: async (raw: EngineInput<'cancel'>): Promise<object> => {
      this.#runs.get(parse('cancel', raw).runId)?.abort();
      return {};
    },
  } satisfies Serving<EngineMethods>;

  async #replaceModel(bundle: Bundle, choice: ProviderChoice): Promise<EngineModel> {
    const { manifest } = bundle;
    this.#imageSize = manifest.imageSize;
    this.#live.forgetObjects();
    const loaded = await this.#client.peer.call('load', { manifest, paths: graphPathsOf(bundle), choice });
    this.#manifest = manifest;
    this.#providers = choice;
    // What the worker knew of open clips went with the former model.
    for (const [sessionId, { media }] of this.#sources) {
      const { width, height, frameCount } = media;
      await this.#client.peer.call('openSession', { sessionId, width, height, frameCount });
    }
    await this.#live.reopen();
    const { id, name, version, imageSize } = manifest;
    return { id, name, version, imageSize, logitSize: constantsOf(manifest).logitSize, ...loaded };
  }

  async #lookAt(path: string, watched: Parameters<typeof MediaSource.open>[3] = {}): Promise<MediaSource> {
    return MediaSource.open(path, await this.#findFfmpeg(), () => this.#imageSize, watched);
  }

  #findFfmpeg(): Promise<string> {
    this.#ffmpeg ??= findFfmpeg({ setting: this.#ffmpegSetting }).catch((error) => {
      this.#ffmpeg = null;
      throw error;
    });
    return this.#ffmpeg;
  }

  #model(): Manifest {
    if (!this.#manifest) throw new AppError('model-missing', 'No model is loaded. Choose a model first.');
    return this.#manifest;
  }

  #source(sessionId: string): MediaSource {
    const source = this.#sources.get(sessionId);
    if (!source) throw new AppError('session-unknown', 'This clip is not open in the engine. Open it again.');
    return source;
  }

  /** Work that its caller's signal ends, or `cancel` with its id. */
  async #cancellable<T>(runId: string, caller: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#runs.set(runId, controller);
    try {
      return await work(AbortSignal.any([controller.signal, caller]));
    } finally {
      this.#runs.delete(runId);
    }
  }

  #asRun(runId: string, caller: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<TrackOutcome> {
    return this.#cancellable(runId, caller, async (signal) => {
      const endsQuietly: ErrorCode[] = ['source-truncated'];
      try {
        await work(signal);
        return { state: 'done', warning: null };
      } catch (error) {
        const known = AppError.from(error);
        if (signal.aborted) return { state: 'cancelled', warning: null };
        if (endsQuietly.includes(known.code)) return { state: 'done', warning: known.message };
        throw known;
      }
    });
  }
}
