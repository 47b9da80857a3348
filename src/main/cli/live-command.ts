/** `sam2-video live`: a camera or a stream, recorded and tracked as it comes; then the recording and the results. */
import { copyFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Session } from '../../shared/contract/state.ts';
import type { DiscoverySettings } from '../../shared/discovery.ts';
import { AppError } from '../../shared/errors.ts';
import type { LiveState } from '../../shared/live.ts';
import { discoveryOf } from '../../shared/prompt-settings.ts';
import { isNetworkAddress } from '../common/addresses.ts';
import { writeStaged } from '../common/atomic-file.ts';
import type { Services } from '../services/app/services.ts';
import type { StateStore } from '../services/base/state-store.ts';
import { type DiscoveryOptions, typedDiscovery } from './discovery-options.ts';
import { givePrompt } from './give-prompt.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { outputOf, requireOutputs, stillFree } from './output-options.ts';
import { type CliObject, collectObjects } from './prompt-options.ts';
import { exitCodes, printOutputs, withInterrupt } from './terminal.ts';

export interface LiveOptions extends EngineOptions, DiscoveryOptions {
  find: boolean;
  point: string[];
  negative: string[];
  box: string[];
  mask: string[];
  object: string[];
  for?: string;
  out?: string;
  video: boolean;
  masks: boolean;
  cameras: boolean;
  overwrite: boolean;
}

const recordingName = 'recording.mkv';

/** The copy has its name only when it is whole. */
const copyWhole = (from: string, to: string): Promise<void> => writeStaged(to, (staged) => copyFile(from, staged), { isDurable: false });

const secondsOf = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) <= 0)
    throw new AppError('bad-request', `"${text}" is not a number of seconds. Write it as --for 30.`);
  return Number(text);
};

/** Resolves with the first live state that the check is true of, or null when it is not live any more. */
const untilLive = (store: StateStore<Session>, check: (live: LiveState) => boolean): Promise<LiveState | null> =>
  new Promise((settle) => {
    const look = (): void => {
      const { live } = store.state;
      if (live && live.phase !== 'ending' && live.phase !== 'failed' && !check(live)) return;
      off();
      settle(live && check(live) ? live : null);
    };
    const off = store.subscribe(look);
    look();
  });

/** Gives each prompt as soon as its frame is there; one whose frame has left the buffer is refused by the engine. */
const promptLive = async ({ sessions }: Services, sessionId: string, objects: readonly CliObject[]): Promise<void> => {
  const session = sessions.get(sessionId);
  const prompts = objects.flatMap(({ name, prompts: own }) => {
    const id = session.edits.addObject(name ?? undefined);
    return own.map((prompt) => ({ id, prompt }));
  });
  for (const { id, prompt } of prompts.sort((a, b) => a.prompt.frame - b.prompt.frame)) {
    if (!(await untilLive(sessions.store(sessionId), ({ buffer }) => (buffer?.to ?? -1) >= prompt.frame))) return;
    await givePrompt(session, id, prompt);
  }
};

/** From the first picture on, until the source ends. */
const findLive = async (services: Services, sessionId: string, typed: Partial<DiscoverySettings>): Promise<void> => {
  const settings = { ...discoveryOf(services.settings.values), ...typed };
  await services.find.checkClasses(settings.classes);
  if (!(await untilLive(services.sessions.store(sessionId), ({ buffer }) => buffer !== null))) return;
  services.find.start(services.sessions.get(sessionId), { settings });
};

const showProgress = (store: StateStore<Session>): (() => void) => {
  let last = '';
  const show = (): void => {
    const { live } = store.state;
    if (!live) return;
    const { phase, title, recordedMs, shownFps, dropped, attempt } = live;
    const tries = attempt > 0 ? `, try ${attempt}` : '';
    const text = `${title}: ${phase}${tries}, ${Math.floor(recordedMs / 1000)} s, ${shownFps?.toFixed(1) ?? '--'} frames/s, ${dropped} not tracked`;
    const key = `${phase}${tries}${Math.floor(recordedMs / 5_000)}`;
    if (key === last) return;
    last = key;
    process.stderr.write(`${text}\n`);
  };
  return store.subscribe(show);
};

export const runLiveCommand = async (source: string | undefined, options: LiveOptions): Promise<number> => {
  if (options.cameras) return listCameras(options);
  if (source === undefined)
    throw new AppError('bad-request', 'Say what to open: an address (rtsp://…), or a camera of "sam2-video live --cameras".');
  if (options.out === undefined) throw new AppError('bad-request', 'Say where to write: --out <folder>.');
  const objects = collectObjects(options);
  const seconds = secondsOf(options.for);
  const typed = typedDiscovery(options);
  const output = outputOf({ ...options, out: options.out }, null, objects);
  await requireOutputs(output, [recordingName]);
  const services = await makeServices(options);
  let stopShowing = (): void => {};
  let recording: string | null = null;
  try {
    services.engine.require();
    const wanted = isNetworkAddress(source) ? ({ kind: 'network', url: source } as const) : ({ kind: 'camera', deviceId: source } as const);
    const { operationId: id, sessionId } = await services.live.start(wanted, services);
    const store = services.sessions.store(sessionId);
    stopShowing = showProgress(store);
    let isInterrupted = false;
    let exportId: string | null = null;
    const stop = Promise.withResolvers<void>();
    const interrupt = (): void => {
      isInterrupted = true;
      stop.resolve();
      if (exportId !== null) services.operations.cancel(exportId);
    };
    return await withInterrupt(interrupt, async () => {
      const prompted = Promise.all([promptLive(services, sessionId, objects), options.find ? findLive(services, sessionId, typed) : null]);
      const work = prompted.then(() => untilLive(store, ({ recordedMs }) => seconds !== null && recordedMs >= seconds * 1000));
      await Promise.race([work, stop.promise]);
      const clipId = await services.live.stop(sessionId);
      const { error } = await services.operations.ended(id);
      if (error) throw AppError.deserialize(error);
      const clip = services.sessions.get(clipId ?? sessionId);
      recording = clip.path;
      const directory = await stillFree(output, [recordingName]);
      const kept = join(directory, recordingName);
      await copyWhole(recording, kept);
      process.stdout.write(`${recordingName}: ${kept}\n`);
      const range = { from: 0, to: clip.media.frameCount - 1 };
      const partial = isInterrupted && seconds !== null;
      exportId = services.exports.start(clip, { ...output, directory, json: true, keepsPartial: true, range, partial });
      const exported = await services.operations.ended(exportId);
      if (exported.error) throw AppError.deserialize(exported.error);
      printOutputs(exported);
      return partial || exported.state === 'cancelled' ? exitCodes.interrupted : exitCodes.done;
    });
  } finally {
    stopShowing();
    await services.close();
    if (recording !== null) await rm(dirname(recording), { recursive: true, force: true });
  }
};

const listCameras = async (options: LiveOptions): Promise<number> => {
  const services = await makeServices(options);
  try {
    const { cameras } = await services.live.cameras();
    for (const { deviceId, name } of cameras) process.stdout.write(`${deviceId}\t${name}\n`);
    if (cameras.length === 0) process.stderr.write('No camera was found.\n');
    return exitCodes.done;
  } finally {
    await services.close();
  }
};
