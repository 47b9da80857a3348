/**
 * Adapts what a stream does to what the machine can do, as a pure machine: samples and the time go in, levers come out.
 * It decides each two seconds. When frames are dropped because the work takes too long, it moves one lever one step
 * down, in their order; after ten good seconds it moves the last one back up. It looks at the stream's own work: a
 * camera that sends less than the target is no reason to do less.
 */

export interface Lever {
  name: string;
  /** Settings from the best to the cheapest; the first is what the user asked for. */
  values: readonly (number | string)[];
  /** A cheaper setting takes less memory. */
  savesMemory?: boolean;
}

/** free / total, in percent: below 40, 20 and 10. */
export type MemoryPressure = 'low' | 'medium' | 'high' | 'critical';

export const memoryPressure = (freePercent: number): MemoryPressure =>
  freePercent < 10 ? 'critical' : freePercent < 20 ? 'high' : freePercent < 40 ? 'medium' : 'low';

/** What happened since the last sample. */
export interface GovernorSample {
  /** Frames that the decoder gave, and those that were worked on. */
  came: number;
  done: number;
  /** Frames that went because the work before them took too long. */
  dropped: number;
  /** Time in which the stream's work ran, ms. */
  busyMs: number;
  /** Of the memory the model lives in; null: nobody knows. */
  freePercent: number | null;
}

export interface GovernorStep {
  lever: string;
  direction: 'down' | 'up';
  from: number | string;
  to: number | string;
  why: string;
}

export interface Governor {
  readonly levers: readonly Lever[];
  /** Of each lever, the setting in use. */
  readonly at: readonly number[];
  readonly sinceMs: number;
  readonly sum: Omit<GovernorSample, 'freePercent'>;
  /** Since when it went well; null: it does not. */
  readonly goodSinceMs: number | null;
  /** How long it has to go well before a step up: longer after one that had to be taken back. */
  readonly patienceMs: number;
  readonly climbedMs: number | null;
}

export const decideEveryMs = 2_000;
const firstPatienceMs = 10_000;
const longestPatienceMs = 160_000;
/** Of the frames that are wanted. */
const tooFew = 0.8;
const enough = 0.9;

/**
 * The plan's levers for automatic prompts, then those of the pipeline. Only those that have more than one setting do
 * anything.
 */
export const densityLever = (density: number): Lever => ({ name: 'density', values: stepsDown(density, 8, -2) });
export const intervalLever = (interval: number): Lever => ({ name: 'interval', values: stepsDown(interval, 120, 10) });
export const strideLever: Lever = { name: 'stride', values: [1, 2] };

const stepsDown = (from: number, to: number, by: number): number[] => {
  const values = [from];
  for (let next = from + by; by < 0 ? next >= to : next <= to; next += by) values.push(next);
  return values;
};

const nothing: Governor['sum'] = { came: 0, done: 0, dropped: 0, busyMs: 0 };

export const startGovernor = (levers: readonly Lever[], nowMs: number): Governor => ({
  levers,
  at: levers.map(() => 0),
  sinceMs: nowMs,
  sum: nothing,
  goodSinceMs: null,
  patienceMs: firstPatienceMs,
  climbedMs: null,
});

/** The setting of each lever. */
export const leverValues = ({ levers, at }: Governor): Record<string, number | string> =>
  Object.fromEntries(levers.map(({ name, values }, i) => [name, values[at[i]!]!]));

const moved = (governor: Governor, lever: number, by: 1 | -1, why: string): { governor: Governor; step: GovernorStep } => {
  const { name, values } = governor.levers[lever]!;
  const from = governor.at[lever]!;
  return {
    governor: { ...governor, at: governor.at.map((value, i) => (i === lever ? value + by : value)) },
    step: { lever: name, direction: by > 0 ? 'down' : 'up', from: values[from]!, to: values[from + by]!, why },
  };
};

/** @param targetFps frames a second that the stream is to be tracked at */
export const stepGovernor = (
  before: Governor,
  sample: GovernorSample,
  targetFps: number,
  nowMs: number,
): { governor: Governor; step: GovernorStep | null } => {
  const { levers, at } = before;
  const sum = {
    came: before.sum.came + sample.came,
    done: before.sum.done + sample.done,
    dropped: before.sum.dropped + sample.dropped,
    busyMs: before.sum.busyMs + sample.busyMs,
  };
  const tookMs = nowMs - before.sinceMs;
  if (tookMs < decideEveryMs) return { governor: { ...before, sum }, step: null };
  const governor: Governor = { ...before, sum: nothing, sinceMs: nowMs };
  const doneFps = (sum.done * 1000) / tookMs;
  const wantedFps = Math.min(targetFps, (sum.came * 1000) / tookMs);
  const pressure = sample.freePercent === null ? 'low' : memoryPressure(sample.freePercent);

  const next = (saves: boolean): number =>
    levers.findIndex((lever, i) => at[i]! < lever.values.length - 1 && (!saves || lever.savesMemory));
  const saving = pressure === 'critical' ? next(true) : -1;
  if (saving >= 0) {
    const why = `Only ${Math.round(sample.freePercent!)} % of the memory is free.`;
    return moved({ ...governor, goodSinceMs: null }, saving, 1, why);
  }
  const isBehind = sum.dropped > 0 && doneFps < tooFew * wantedFps;
  if (isBehind) {
    // A step up that had to be taken back is tried again later than the one before.
    const isFlapping = before.climbedMs !== null && nowMs - before.climbedMs < 2 * firstPatienceMs;
    const patienceMs = isFlapping ? Math.min(longestPatienceMs, before.patienceMs * 2) : before.patienceMs;
    const settled: Governor = { ...governor, goodSinceMs: null, patienceMs, climbedMs: null };
    const lever = next(false);
    const why = `${doneFps.toFixed(1)} of ${wantedFps.toFixed(1)} frames/s were tracked.`;
    return lever < 0 ? { governor: settled, step: null } : moved(settled, lever, 1, why);
  }
  const isGood = doneFps >= enough * wantedFps && sum.dropped === 0;
  if (!isGood) return { governor: { ...governor, goodSinceMs: null }, step: null };
  const goodSinceMs = before.goodSinceMs ?? before.sinceMs;
  const last = at.findLastIndex((value) => value > 0);
  const isTimely = nowMs - goodSinceMs >= governor.patienceMs && pressure !== 'high' && pressure !== 'critical';
  if (last < 0 || !isTimely) return { governor: { ...governor, goodSinceMs }, step: null };
  const why = `All frames were tracked for ${Math.round((nowMs - goodSinceMs) / 1000)} s.`;
  return moved({ ...governor, goodSinceMs: nowMs, climbedMs: nowMs }, last, -1, why);
};

/** Memory that a model of SAM 2 takes on a GPU, MB, from the smallest. */
export const modelLadder = [
  { size: 'tiny', mb: 1500 },
  { size: 'small', mb: 2500 },
  { size: 'base', mb: 3500 },
  { size: 'large', mb: 5000 },
] as const;
export type LadderSize = (typeof modelLadder)[number]['size'];

/** The size below, or null for the smallest. */
export const smallerModel = (size: LadderSize): LadderSize | null =>
  modelLadder[modelLadder.findIndex((rung) => rung.size === size) - 1]?.size ?? null;

/**
 * The largest model up to `wanted` that fits the free memory. Above the threshold nothing is changed.
 * @param freeMb free memory with the present model unloaded
 */
export const fittingModel = (wanted: LadderSize, freeMb: number, thresholdMb = 3000): LadderSize => {
  if (freeMb >= thresholdMb && freeMb >= modelLadder.find(({ size }) => size === wanted)!.mb) return wanted;
  const upTo = modelLadder.slice(0, modelLadder.findIndex(({ size }) => size === wanted) + 1);
  return upTo.findLast(({ mb }) => mb <= freeMb)?.size ?? 'tiny';
};
