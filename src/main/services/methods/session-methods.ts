/** The contract's methods on the clip, runs, exports and the app itself. */
import type { AppState } from '../../../shared/contract.ts';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { encodeFrameMessage } from '../../../shared/wire.ts';
import type { Handlers } from '../client-link.ts';
import type { ExportChoice } from '../export-service.ts';
import type { Operations } from '../operations.ts';
import type { SessionService, TrackRequest } from '../session-service.ts';

export interface SessionServices {
  readonly state: AppState;
  readonly session: SessionService;
  readonly operations: Operations;
  checkPath(path: string): Promise<void>;
  dismissNotice(id: number): void;
  openSession(path: string): Promise<SessionService>;
  openSample(): Promise<SessionService>;
  closeSession(isForGood: boolean): Promise<void>;
  setMemory(memory: MemorySettings): void;
  startTrack(request: Omit<TrackRequest, 'display' | 'memory'>): string;
  startExport(request: ExportChoice): string;
}

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

export const sessionMethods = (services: SessionServices): Pick<Handlers, SessionMethod> => ({
  'app.state': () => services.state,
  'app.dismissNotice': ({ id }) => {
    services.dismissNotice(id);
    return {};
  },
  'session.open': async ({ path }) => {
    await services.checkPath(path);
    await services.openSession(path);
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
  'frame.get': async ({ requestId, frame, maxWidth, maxHeight }, client) => {
    client.sendBinary(encodeFrameMessage(await services.session.frameMessage(requestId, frame, maxWidth, maxHeight)));
    return {};
  },
  'session.setMemory': ({ memory }) => {
    services.setMemory(memory);
    return {};
  },
  'tree.get': ({ objectId, from, to }) => ({ events: services.session.trees.events(objectId, from, to) }),
  'track.start': (input) => ({ operationId: services.startTrack(input) }),
  'export.start': async ({ directory, video, masks, json }) => {
    if (directory !== undefined) await services.checkPath(directory);
    return { operationId: services.startExport({ directory, video, masks, json, contactSheet: false }) };
  },
  'operation.cancel': ({ operationId }) => {
    services.operations.cancel(operationId);
    return {};
  },
});
