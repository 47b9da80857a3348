import { describe, expect, it } from 'vitest';
import { defaultMemorySettings } from '../../../shared/memory-settings.ts';
import { defaultSettings } from '../../../shared/settings.ts';
import { streamConfigSchema, streamProfiles } from '../../../shared/streams.ts';
import { liveSettings } from './create-live.ts';
import { targetsOf } from './stream-chapter.ts';

const stream = (change: object) =>
  streamConfigSchema.parse({ name: 'Yard', source: { kind: 'file', path: '/a.mp4', repeats: true }, ...change });

describe('what a stream is to do', () => {
  const usual = { targetFps: 7, analysisHeight: 1080 } as const;

  it('is what it says itself, else what its profile says, which for the balanced one are the settings', () => {
    expect(targetsOf(stream({}), usual)).toEqual(usual);
    expect(targetsOf(stream({ profile: 'quality' }), usual)).toEqual(streamProfiles.quality);
    expect(targetsOf(stream({ profile: 'performance', targetFps: 3 }), usual)).toEqual({ ...streamProfiles.performance, targetFps: 3 });
  });

  it('is by default what the settings of the balanced profile are', () => {
    const { targets, life, bufferFrames } = liveSettings(defaultSettings, defaultMemorySettings);
    expect(targets).toEqual(streamProfiles.balanced);
    expect([life, bufferFrames]).toEqual([{ staleMs: 30_000, parkMs: 120_000 }, 30]);
  });

  it('never parks a stream before it is stale', () => {
    const values = { ...defaultSettings, 'stream.staleSeconds': 500, 'stream.cleanupSeconds': 100 };
    expect(liveSettings(values, defaultMemorySettings).life).toEqual({ staleMs: 500_000, parkMs: 501_000 });
  });
});
