/** The app with live sources for tests: its states are waited for, its pictures gathered. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import type { ServicesOptions } from '../../src/main/services/app/services-options.ts';
import type { AppState, Session } from '../../src/shared/contract/state.ts';
import type { LiveState } from '../../src/shared/live.ts';
import { decodeFrameMessage, type FrameMessage } from '../../src/shared/wire.ts';

/** The app and the session that was opened last. */
export type LookedAt = AppState & { session: Session | null };

export class LiveApp {
  readonly services: Services;
  readonly folder: string;
  readonly pushed: FrameMessage[] = [];
  readonly rules: NonNullable<ServicesOptions['liveRules']>;

  private constructor(services: Services, folder: string, rules: NonNullable<ServicesOptions['liveRules']>) {
    this.services = services;
    this.folder = folder;
    this.rules = rules;
    const link = { send: () => {}, sendBinary: (data: ArrayBuffer) => void this.pushed.push(decodeFrameMessage(data)) };
    services.connect(link);
    // It looks at the session that was opened last, as a window does.
    let watched: string | null = null;
    services.onState(() => {
      const newest = services.sessions.list.at(-1)?.id ?? null;
      if (newest === watched) return;
      watched = newest;
      services.clients.watch(link, newest);
    });
  }

  /** @param folder of an app that was killed */
  static async start(folder?: string, options: Partial<ServicesOptions> = {}): Promise<LiveApp> {
    const own = folder ?? (await mkdtemp(join(tmpdir(), 'sam2-live-')));
    const rules = { firstPauseMs: 50, longestPauseMs: 200 };
    const services = await makeServices({ model: 'nano' }, { dataDir: own, keepsProjects: true, liveRules: rules, ...options });
    services.engine.require();
    return new LiveApp(services, own, rules);
  }

  /** Resolves with the first state that the check is true of. */
  until(check: (state: LookedAt) => boolean): Promise<LookedAt> {
    const { services } = this;
    return new Promise((resolve, reject) => {
      const told = (): string => JSON.stringify([services.sessions.latestState?.live, services.state.notices, services.state.operations]);
      const timer = setTimeout(() => {
        off();
        reject(new Error(`waited in vain: ${told()}`));
      }, 90_000);
      let isDone = false;
      let off = (): void => {};
      const look = (): void => {
        if (isDone) return;
        const state = { ...services.state, session: services.sessions.latestState };
        if (!check(state)) return;
        isDone = true;
        off();
        clearTimeout(timer);
        resolve(state);
      };
      off = this.#onChange(look);
      if (isDone) off();
    });
  }

  /** Told of every change of the app or of a session. @returns unsubscribe */
  #onChange(listener: () => void): () => void {
    const { services } = this;
    const sessions = new Map<string, () => void>();
    const look = (): void => {
      for (const { id } of services.sessions.list) if (!sessions.has(id)) sessions.set(id, services.sessions.store(id).subscribe(listener));
      listener();
    };
    const off = services.onState(look);
    look();
    return () => {
      off();
      for (const unsubscribe of sessions.values()) unsubscribe();
    };
  }

  untilLive(check: (live: LiveState) => boolean): Promise<LookedAt> {
    return this.until(({ session }) => session?.live != null && check(session.live));
  }

  untilFrame(frame: number): Promise<LookedAt> {
    return this.untilLive(({ phase, buffer }) => phase === 'live' && (buffer?.to ?? -1) >= frame);
  }

  /** A new object with a click. */
  async click(frame: number, x = 160, y = 90): Promise<number> {
    const session = this.services.sessions.latest;
    const objectId = session.edits.addObject('Square');
    await session.edits.setPoints(objectId, frame, [{ x, y, label: 1 }], null);
    return objectId;
  }

  untilMask(frame: number): Promise<LookedAt> {
    return this.until(({ session }) => (session?.objects[0]?.results.at(-1)?.[1] ?? -1) >= frame);
  }

  async end(): Promise<void> {
    await this.services.close();
    // The engine and ffmpeg may write a moment longer than the app is there.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
