/**
 * Makes the times of a clip's frames increase. Frame n is the n-th frame a decoder puts out, whatever its time stamp; a
 * time that is missing, equal to the one before or earlier than it is replaced by one that keeps the order, and the
 * repair is told.
 */

import type { TimeRepair } from '../api/media.ts';

export interface RepairedTimes {
  /** Strictly increasing; in units of 1/`scale` tick. */
  times: Float64Array;
  /** Parts of a tick that the times count in: 1, or more where ticks are too coarse to tell all frames apart. */
  scale: number;
  /** null where nothing had to be repaired. */
  repair: TimeRepair | null;
}

/** Decoders put frames in order within this many; a clock that has not caught up by then has begun anew. */
const reorderedFrames = 5;
/** A repaired frame lasts at least this many units. */
const leastUnits = 8;

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** The usual distance of two frames in ticks. */
const usualStep = (ticks: readonly (number | null)[], averageTicks: number): number => {
  const steps: number[] = [];
  let equal = 0;
  for (let i = 1; i < ticks.length && steps.length < 10_000; i++) {
    const step = (ticks[i] ?? 0) - (ticks[i - 1] ?? 0);
    if (ticks[i] === null || ticks[i - 1] === null || step < 0) continue;
    if (step > 0) steps.push(step);
    else equal++;
  }
  const usual = median(steps);
  // A coarse clock steps once for several frames.
  return (equal > steps.length ? (usual * (steps.length + 1)) / (steps.length + equal + 1) : usual) || averageTicks;
};

/** First frames of the parts in which one clock runs. */
const clockStarts = (ticks: readonly (number | null)[]): number[] => {
  const starts = [0];
  let newest = Number.NEGATIVE_INFINITY;
  ticks.forEach((tick, i) => {
    if (tick === null) return;
    const isBehind = tick < newest && !ticks.slice(i + 1, i + 1 + reorderedFrames).some((later) => later !== null && later > newest);
    // At the very end nothing can catch up any more.
    const isEnd = i + reorderedFrames >= ticks.length && newest - tick <= newest - (ticks[i - reorderedFrames] ?? newest);
    if (isBehind && !isEnd) {
      starts.push(i);
      newest = tick;
    } else newest = Math.max(newest, tick);
  });
  return starts;
};

/** Gives frames without a time one between their neighbours', or a step after the last. */
const fillMissing = (ticks: (number | null)[], step: number): number[] => {
  let known = ticks.findIndex((tick) => tick !== null);
  if (known < 0) return ticks.map((_, i) => i * step);
  const filled = ticks.map((tick) => tick ?? 0);
  for (let i = 0; i < known; i++) filled[i] = ticks[known]! - (known - i) * step;
  for (let i = known + 1; i < ticks.length; i++) {
    if (ticks[i] !== null) {
      known = i;
      continue;
    }
    const next = ticks.findIndex((tick, at) => at > i && tick !== null);
    const between = next < 0 ? step : (ticks[next]! - ticks[known]!) / (next - known);
    filled[i] = ticks[known]! + (i - known) * (between > 0 ? between : step);
  }
  return filled;
};

/**
 * Spreads frames with one time evenly up to the next time, at most as far apart as frames usually are.
 * @param times ascending; changed in place
 */
const spread = (times: number[], step: number): void => {
  for (let from = 0; from < times.length; ) {
    let until = from + 1;
    while (until < times.length && times[until] === times[from]) until++;
    const room = until < times.length ? times[until]! - times[from]! : step * (until - from);
    // Before a pause they do not fill it.
    const each = Math.min(room / (until - from), step);
    const first = times[from]!;
    for (let i = from + 1; i < until; i++) times[i] = first + (i - from) * each;
    from = until;
  }
};

/**
 * @param ticks time stamps in the order of the frames, null for a frame without one
 * @param averageTicks distance of frames where the times say nothing of it
 */
export const repairTimes = (ticks: readonly (number | null)[], averageTicks: number): RepairedTimes => {
  if (ticks.every((tick, i) => tick !== null && (i === 0 || tick > ticks[i - 1]!)))
    return { times: Float64Array.from(ticks as number[]), scale: 1, repair: null };
  const step = Math.max(usualStep(ticks, averageTicks), Number.MIN_VALUE);
  const starts = clockStarts(ticks);
  const all: number[] = [];
  const repair: TimeRepair = { missing: ticks.filter((tick) => tick === null).length, equal: 0, disordered: 0, restarts: starts.slice(1) };
  starts.forEach((start, part) => {
    const own = ticks.slice(start, starts[part + 1]);
    const filled = fillMissing(own, step);
    const sorted = filled.toSorted((a, b) => a - b);
    repair.disordered += own.filter((tick, i) => tick !== null && tick !== sorted[i]).length;
    repair.equal += sorted.filter((time, i) => i > 0 && time === sorted[i - 1]).length;
    spread(sorted, step);
    // A clock that begins anew goes on where the one before it ended.
    const offset = start === 0 ? 0 : all[all.length - 1]! + step - sorted[0]!;
    for (const time of sorted) all.push(time + offset);
  });
  const least = all.reduce((min, time, i) => (i === 0 ? min : Math.min(min, time - all[i - 1]!)), Number.POSITIVE_INFINITY);
  const isWhole = all.every(Number.isInteger);
  const scale = isWhole || !Number.isFinite(least) ? 1 : 10 ** Math.max(0, Math.ceil(Math.log10(leastUnits / least)));
  const times = Float64Array.from(all, (time) => Math.round(time * scale));
  // What rounding made equal after all.
  for (let i = 1; i < times.length; i++) if (times[i]! <= times[i - 1]!) times[i] = times[i - 1]! + 1;
  return { times, scale, repair };
};
