/** Looks at the machine and at what the engine tells of itself. What can't be found out is said, never thrown. */
import { statfs } from 'node:fs/promises';
import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';
import type { AppState } from '../../../shared/contract/state.ts';
import type { DoctorReport } from '../../../shared/doctor.ts';
import { AppError } from '../../../shared/errors.ts';
import type { FfmpegReport } from '../../engine/api/media.ts';
import type { ProviderReport } from '../../engine/api/providers.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

export interface ExaminedApp {
  appVersion: string;
  dataDir: string;
  state: AppState;
  /** @throws AppError where no engine runs */
  peer(): EnginePeer;
}

const freeBytes = async (folder: string): Promise<number | null> => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
};

const lacksOf = ({ reads, writes, fetches }: FfmpegReport): string[] =>
  [
    ['read', reads],
    ['write', writes],
    ['open', fetches],
  ].flatMap(([verb, things]) =>
    (things as FfmpegReport['reads']).filter(({ isThere }) => !isThere).map(({ name }) => `${verb as string} ${name}`),
  );

const providersOf = (machine: ProviderReport | null, active: AppState['models']['active']): DoctorReport['providers'] =>
  (machine?.providers ?? []).map(({ name, why }) => {
    if (name === active?.provider) return { name, state: 'used', reason: active.providerReason };
    if (why !== null) return { name, state: 'not there', reason: why };
    const failure = new RegExp(`(?:^|; )${name} is not usable: ([^;]+)`).exec(active?.providerReason ?? '')?.[1];
    return { name, state: 'not used', reason: failure?.trim() ?? 'a better one is used, or another is chosen' };
  });

export const examine = async ({ appVersion, dataDir, state, peer }: ExaminedApp): Promise<DoctorReport> => {
  const ask = async <T>(question: (peer: EnginePeer) => Promise<T>): Promise<T | AppError> => {
    try {
      return await question(peer());
    } catch (error) {
      return AppError.from(error);
    }
  };
  const [ffmpeg, machine, free] = await Promise.all([
    ask((engine) => engine.call('inspectFfmpeg', {})),
    ask((engine) => engine.call('inspectProviders', {})),
    freeBytes(dataDir),
  ]);
  const { active, entries } = state.models;
  const known = machine instanceof AppError ? null : machine;
  return {
    app: appVersion,
    node: process.versions.node,
    electron: process.versions.electron ?? null,
    system: `${platform()} ${release()} ${arch()}`,
    processor: { name: cpus()[0]?.model.trim() ?? 'unknown', threads: cpus().length },
    memory: { total: totalmem(), free: freemem() },
    disk: { folder: dataDir, free },
    engine: state.engine,
    ffmpeg: ffmpeg instanceof AppError ? null : { path: ffmpeg.path, version: ffmpeg.version, lacks: lacksOf(ffmpeg) },
    ffmpegProblem: ffmpeg instanceof AppError ? ffmpeg.message : null,
    providers: providersOf(known, active),
    gpus: (known?.gpus ?? []).map(({ vendor, hasDriver }) => (hasDriver ? vendor : `${vendor} (no driver)`)),
    gpuAdvice: active?.advice ?? null,
    models: entries.map(({ id, state: kept }) => ({ id, state: kept, isActive: id === active?.id })),
  };
};
