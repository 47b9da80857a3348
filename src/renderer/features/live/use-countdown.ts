import { useEffect, useState } from 'react';

/**
 * Whole seconds left, counted down here between the host's states.
 * @param ms left when it was told; null = nothing is waited for
 */
export const useCountdown = (ms: number | null): number | null => {
  const [left, setLeft] = useState(ms);
  useEffect(() => {
    setLeft(ms);
    if (ms === null) return;
    const due = performance.now() + ms;
    const timer = setInterval(() => setLeft(Math.max(0, due - performance.now())), 250);
    return () => clearInterval(timer);
  }, [ms]);
  return left === null ? null : Math.ceil(left / 1000);
};
