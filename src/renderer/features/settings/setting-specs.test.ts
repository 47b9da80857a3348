import { describe, expect, it } from 'vitest';
import { memorySettingsSchema } from '../../../shared/memory-settings.ts';
import { settingKeys } from '../../../shared/settings.ts';
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

  it('have every setting of the app', () => {
    for (const key of settingKeys) {
      const spec = settingSpecs.find(
        ({ id }) => id === key || (key === 'ui.theme' && id === 'theme') || (key === 'track.memory' && id === 'memory.mode'),
      );
      expect(spec, key).toBeDefined();
    }
  });

  it('are found by words of their name and of what they change', () => {
    expect(searchSettings('theme')[0]?.id).toBe('theme');
    expect(searchSettings('most paths').map(({ id }) => id)).toContain('memory.maxBranches');
    expect(searchSettings('gpu').map(({ id }) => id)).toEqual(['engine.provider']);
    expect(searchSettings('hotkeys').map(({ id }) => id)).toEqual(['keys.overrides']);
    expect(searchSettings('dark').map(({ id }) => id)).toEqual(['theme']);
    for (const { id, label } of settingSpecs) expect(searchSettings(label).map((spec) => spec.id)).toContain(id);
    expect(searchSettings('qqq')).toEqual([]);
    expect(searchSettings('')).toEqual(settingSpecs);
  });
});
