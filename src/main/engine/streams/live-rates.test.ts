import { expect, it } from 'vitest';
import { LiveRates } from './live-rates.ts';

it('rates are over the last seconds, and nothing before there are some', () => {
  const rates = new LiveRates();
  expect(rates.view(0)).toEqual({ sourceFps: null, shownFps: null, latencyMs: null });
  for (let ms = 0; ms <= 10_000; ms += 100) rates.came(ms);
  for (let ms = 0; ms <= 10_000; ms += 200) rates.shown(50, ms);
  const { sourceFps, shownFps, latencyMs } = rates.view(10_000);
  expect([Math.round(sourceFps!), Math.round(shownFps!), latencyMs]).toEqual([10, 5, 50]);
  expect(rates.view(20_000).sourceFps).toBeNull();
});
