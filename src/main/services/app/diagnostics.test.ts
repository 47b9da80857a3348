import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppState } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { noModels, noSettings } from '../../../shared/testing/empty-state.ts';
import { examine } from '../doctor/examine.ts';
import { diagnosticsText } from './diagnostics.ts';

describe('diagnostics', () => {
  const path = join(homedir(), 'Private films', 'secret.mp4');
  const state: AppState = {
    revision: 1,
    sessions: [],
    recents: [],
    settings: noSettings,
    operations: [],
    engine: { state: 'failed', message: `${path} broke` },
    models: noModels,
    streams: [],
    notices: [],
  };

  it('name no file of the user unless asked', async () => {
    const noEngine = (): never => {
      throw new AppError('engine-lost', 'The engine is restarting.');
    };
    const report = await examine({ appVersion: '1.2.3', dataDir: join(homedir(), 'Private films'), state, peer: noEngine });
    expect(report).toMatchObject({ ffmpeg: null, ffmpegProblem: 'The engine is restarting.', providers: [], gpuAdvice: null });
    const log = [`x warning ${path} ends early`, 'x error C:\\Users\\me\\secret.mov is gone'];
    const services = { state, sessions: { list: [] }, log: { last: () => log }, hostDetails: () => [] };
    const hidden = diagnosticsText(report, services, false);
    expect(hidden).toContain('SAM2 Video 1.2.3');
    expect(hidden).not.toContain('secret');
    expect(hidden).not.toContain('Private');
    expect(diagnosticsText(report, services, true)).toContain(path);
  });
});
