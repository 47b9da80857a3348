import { describe, expect, it } from 'vitest';
import { typedDiscovery } from './discovery-options.ts';

describe('options of a search as they are typed', () => {
  it('say only what was typed, so that the settings decide the rest', () => {
    expect(typedDiscovery({})).toEqual({});
    expect(typedDiscovery({ classes: ' Person, car,', density: '8', minArea: '0' })).toEqual({
      classes: ['person', 'car'],
      density: 8,
      minArea: 0,
    });
  });

  it('are refused by the name of the option', () => {
    for (const [options, message] of [
      [{ density: '3' }, /^--density /],
      [{ minFrames: '' }, /^--min-frames /],
      [{ maxObjects: 'many' }, /^--max-objects /],
      [{ strategy: 'luck' }, /^--strategy /],
    ] as const)
      expect(() => typedDiscovery(options)).toThrow(
        expect.objectContaining({ code: 'bad-request', message: expect.stringMatching(message) }),
      );
  });
});
