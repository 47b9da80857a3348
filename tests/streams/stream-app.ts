/** The app with streams for tests: what becomes of them is waited for by its state. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import type { ServicesOptions } from '../../src/main/services/app/services-options.ts';
import { type StreamState, streamConfigSchema } from '../../src/shared/streams.ts';

export class StreamApp {
  readonly services: Services;
  readonly folder: string;

  private constructor(services: Services, folder: string) {
    this.services = services;
    this.folder = folder;
  }

  /** @param folder of an app before it */
  static async start(options: Partial<ServicesOptions> = {}, folder?: string): Promise<StreamApp> {
    const own = folder ?? (await mkdtemp(join(tmpdir(), 'sam2-streams-')));
    const rules = { stallMs: 1_500, restartMs: 3_000, firstPauseMs: 100, longestPauseMs: 400 };
    const streamTimes = { retryMs: { first: 200, longest: 1_000 } };
    const services = await makeServices(
      { model: 'nano' },
      { dataDir: own, keepsProjects: true, liveRules: rules, streamTimes, ...options },
    );
    services.engine.require();
    return new StreamApp(services, own);
  }

  add(config: z.input<typeof streamConfigSchema>): string {
    return this.services.streams.add(streamConfigSchema.parse(config));
  }

  state(id: string): StreamState {
    return this.services.streams.states.find((state) => state.id === id)!;
  }

  /** Resolves with the first state of a stream that the check is true of. */
  until(id: string, check: (state: StreamState) => boolean): Promise<StreamState> {
    const { services } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        off();
        reject(new Error(`waited in vain: ${JSON.stringify([this.state(id), services.state.notices, services.log.last(20)])}`));
      }, 60_000);
      const look = (): void => {
        const state = this.state(id);
        if (!state || !check(state)) return;
        off();
        clearTimeout(timer);
        resolve(state);
      };
      const off = services.onState(look);
      queueMicrotask(look);
    });
  }

  async end(): Promise<void> {
    await this.services.close();
    // The engine and ffmpeg may write a moment longer than the app is there.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** The pattern of the RTSP server has a square in its middle. */
export const square = { name: 'Square', points: [{ x: 160, y: 90, label: 1 as const }] };
