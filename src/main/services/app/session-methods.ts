/** The contract's methods on the clip, runs, exports and the app itself. */
import { basename } from 'node:path';
import type { AppState, MethodInput, MethodOutput } from '../../../shared/contract.ts';
import type { DoctorReport } from '../../../shared/doctor.ts';
import { AppError } from '../../../shared/errors.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { encodeFrameMessage } from '../../../shared/wire.ts';
import { checkOutputs } from '../../common/check-outputs.ts';
import type { AppLog } from '../base/app-log.ts';
import type { Operations } from '../base/operations.ts';
import { estimateExport, freeBytes, requireRoom } from '../exports/export-estimate.ts';
import { type ExportChoice, exportFolderName, exportOutputs, freshFolder } from '../exports/export-service.ts';
import type { Exports } from '../exports/exports.ts';
import { isProjectFolder } from '../project/project.ts';
import { checkFrame } from '../session/check-prompt.ts';
import type { SessionService } from '../session/session-service.ts';
import type { TrackRequest } from '../session/session-tracking.ts';
import type { SettingsService } from '../settings/settings-service.ts';
import { imageRateOf, importSource } from '../sources/import-source.ts';
import type { Sources } from '../sources/sources.ts';
import { type Handlers, viewerOf } from './client-link.ts';
import { diagnosticsText } from './diagnostics.ts';

export interface SessionServices {
  readonly state: AppState;
  readonly session: SessionService;
  readonly operations: Operations;
  readonly sources: Sources;
  readonly settings: SettingsService;
  readonly exportRoot: string;
  readonly exports: Exports;
  examine(): Promise<DoctorReport>;
  readonly hostDetails: readonly string[];
  readonly log: AppLog;
  usage(): Promise<MethodOutput<'app.usage'>>;
  checkPath(path: string): Promise<void>;
  dismissNotice(id: number): void;
  openSession(path: string): Promise<SessionService>;
  openSample(): Promise<SessionService>;
  closeSession(isForGood: boolean): Promise<void>;
  setMemory(memory: MemorySettings): void;
  startTrack(request: Omit<TrackRequest, 'display' | 'memory'>): string;
  startExport(request: ExportChoice): string;
}

type ImportMethod = Extract<keyof Handlers, `import.${string}` | `upload.${string}`>;

type SessionMethod =
  | Extract<keyof Handlers, `app.${string}` | `export.${string}`>
  | 'session.open'
  | 'session.openSample'
  | 'session.close'
  | 'session.setMemory'
  | 'frame.get'
  | 'tree.get'
  | 'track.start'
  | 'operation.cancel';

export const importMethods = (services: { readonly sources: Sources }): Pick<Handlers, ImportMethod> => ({
  'import.finish': async ({ operationId }) => {
    await services.sources.imports.finish(operationId);
    return {};
  },
  'import.list': async () => ({ folder: services.sources.store.folder, clips: await services.sources.clips.list() }),
  'import.remove': ({ ids }) => services.sources.clips.remove(ids),
  'upload.begin': async ({ name, bytes }, client) => ({ operationId: await services.sources.uploads.begin(name, bytes, client) }),
  'upload.append': async ({ operationId, data, total }) => {
    await services.sources.uploads.append(operationId, Buffer.from(data, 'base64'), total);
    return {};
  },
  'upload.finish': async ({ operationId }) => {
    await services.sources.uploads.complete(operationId);
    return {};
  },
});

export const sessionMethods = (services: SessionServices): Pick<Handlers, SessionMethod> => ({
  'app.state': () => services.state,
  'app.dismissNotice': ({ id }) => {
    services.dismissNotice(id);
    return {};
  },
  'session.open': async ({ path }) => {
    const source = isProjectFolder(path) ? null : importSource(path, imageRateOf(services.settings.values));
    if (source?.kind !== 'network' && !services.sources.store.owns(path)) await services.checkPath(path);
    if (source) services.sources.imports.start(source);
    else await services.openSession(path);
    return {};
  },
  'session.openSample': async () => {
    await services.openSample();
    return {};
  },
  'session.close': async () => {
    await services.closeSession(true);
    return {};
  },
  'frame.get': async ({ requestId, frame, until, maxWidth, maxHeight }, client) => {
    const message = await services.session.frameMessage(requestId, frame, maxWidth, maxHeight, until, viewerOf(client));
    client.sendBinary(encodeFrameMessage(message));
    return {};
  },
  'session.setMemory': ({ memory }) => {
    services.setMemory(memory);
    return {};
  },
  'tree.get': ({ objectId, from, to }) => ({ events: services.session.trees.events(objectId, from, to) }),
  'track.start': (input) => ({ operationId: services.startTrack(input) }),
  'export.start': async (input) => {
    for (const path of [input.directory, input.parent]) if (path !== undefined) await services.checkPath(path);
    const choice = exportChoice(input, services.session);
    if (choice.directory !== undefined)
      await checkOutputs({
        inputs: [services.session.path],
        outputs: exportOutputs(choice.directory, choice),
        overwrite: choice.overwrite ?? false,
      });
    await requireRoom(choice.directory ?? choice.parent ?? services.exportRoot, await exportBytes(services, choice, false));
    return { operationId: services.startExport(choice) };
  },
  'export.estimate': async ({ measure, ...input }) => {
    for (const path of [input.directory, input.parent]) if (path !== undefined) await services.checkPath(path);
    const choice = exportChoice(input, services.session);
    const parent = choice.parent ?? services.exportRoot;
    const folder = choice.directory ?? freshFolder(parent, choice.folderName ?? exportFolderName(services.session.path, new Date()));
    return {
      bytes: await exportBytes(services, choice, measure),
      isMeasured: measure || !choice.video,
      freeBytes: await freeBytes(folder),
      parent,
      folderName: basename(folder),
      directory: folder,
    };
  },
  'app.usage': () => services.usage(),
  'app.log': ({ lines }) => ({ lines: services.log.last(lines) }),
  'app.doctor': () => services.examine(),
  'app.diagnostics': async ({ withPaths }) => ({
    text: diagnosticsText(await services.examine(), services.state, services.log.last(50), withPaths, services.hostDetails),
  }),
  'operation.cancel': ({ operationId }) => {
    services.operations.cancel(operationId);
    return {};
  },
});

/** @param measure wait for what is not known yet */
const exportBytes = async ({ session, exports }: SessionServices, choice: ExportChoice, measure: boolean): Promise<number> => {
  const range = choice.range ?? { from: 0, to: session.media.frameCount - 1 };
  const known = measure && choice.video ? await exports.sizes.of(session, range) : exports.sizes.known(session, range);
  return estimateExport(session, choice, known);
};

const exportChoice = ({ from, to, ...rest }: MethodInput<'export.start'>, { media }: SessionService): ExportChoice => {
  const range = { from: from ?? 0, to: to ?? media.frameCount - 1 };
  checkFrame(range.to, media);
  if (range.from > range.to) throw new AppError('bad-request', 'The first frame to export is after the last. Swap them.');
  return { ...rest, range, contactSheet: false };
};
