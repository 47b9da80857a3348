import { describe, expect, it } from 'vitest';
import { memorySettingsSchema } from '../../../shared/memory-settings.ts';
import { searchSettings, settingSpecs } from './setting-specs.ts';

describe('settings', () => {
  it('have every field of the memory, with words, its default and its range', () => {
    for (const key of Object.keys(memorySettingsSchema.shape)) {
      const spec = settingSpecs.find(({ id }) => id === `memory.${key}`);
      expect(spec?.effect, key).not.toBe('');
      expect(spec?.usual).toBe(memorySettingsSchema.parse({})[key as 'mode']);
    }
    expect(settingSpecs.find(({ id }) => id === 'memory.maxBranches')?.kind).toEqual({ type: 'number', least: 1, most: 8, step: 1 });
  });

  it('are found by words of their name and of what they change', () => {
    expect(searchSettings('theme')[0]?.id).toBe('theme');
    expect(searchSettings('most paths').map(({ id }) => id)).toContain('memory.maxBranches');
    expect(searchSettings('qqq')).toEqual([]);
    expect(searchSettings('')).toEqual(settingSpecs);
  });
});
