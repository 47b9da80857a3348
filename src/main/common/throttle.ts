/** Lets something happen at most once in a while. */

/** @returns true at most once every `everyMs`; always true when asked with `isForced`, which begins a new while */
export type Throttle = (isForced?: boolean) => boolean;

/** @param now ms of any clock that never goes back */
export const throttle = (everyMs: number, now: () => number = () => performance.now()): Throttle => {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (isForced = false) => {
    const nowMs = now();
    if (!isForced && nowMs - lastMs < everyMs) return false;
    lastMs = nowMs;
    return true;
  };
};

const reportEveryMs = 100;

/** Progress, told no more often than eyes follow; the end is always told. A total of 0 is one that is not known. */
export const throttledProgress = (tell: (done: number, total: number) => void): ((done: number, total: number) => void) => {
  const isDue = throttle(reportEveryMs);
  return (done, total) => {
    if (isDue(total > 0 && done >= total)) tell(done, total);
  };
};
