/** Speed and time left over the last seconds. */
import { describe, expect, it } from 'vitest';
import { RateMeter } from './rate-meter.ts';

describe('RateMeter', () => {
  it('follows a change of pace and says nothing too early', () => {
    const meter = new RateMeter(1000);
    meter.add(0, 0);
    expect(meter.perSecond).toBeNull();
    for (let t = 1; t <= 20; t++) meter.add(t * 10, t * 100);
    expect(meter.perSecond).toBeCloseTo(100);
    for (let t = 21; t <= 40; t++) meter.add(200 + (t - 20), t * 100);
    expect(meter.perSecond).toBeCloseTo(10);
  });
});
