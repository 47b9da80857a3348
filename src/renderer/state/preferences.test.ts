import { describe, expect, it } from 'vitest';
import { defaultPreferences, nextTheme, parsePreferences } from './preferences.ts';

describe('preferences', () => {
  it('reads what it wrote', () => {
    const changed = { ...defaultPreferences, theme: 'light' as const, sideWidth: 400, keys: { 'track.start': ['F9'] } };
    expect(parsePreferences(JSON.stringify(changed))).toEqual(changed);
  });

  it('loses one broken value alone, and starts anew from what is no JSON', () => {
    expect(parsePreferences('{"theme":"pink","sideWidth":333}')).toEqual({ ...defaultPreferences, sideWidth: 333 });
    expect(parsePreferences('{"theme":')).toEqual(defaultPreferences);
    expect(parsePreferences('null')).toEqual(defaultPreferences);
  });

  it('goes through all themes', () => {
    expect(nextTheme(nextTheme(nextTheme('system')))).toBe('system');
  });
});
