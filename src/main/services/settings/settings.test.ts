import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, environmentName, type SettingSpec, settingKeys, settings } from '../../../shared/settings.ts';
import { SettingsService } from './settings-service.ts';
import { FileSettingsStore } from './settings-store.ts';

let folder: string;
let path: string;
const told: string[] = [];
const changed: string[][] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-settings-'));
  path = join(folder, 'settings.json');
  told.length = 0;
  changed.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (env: NodeJS.ProcessEnv = {}) =>
  new SettingsService(
    new FileSettingsStore(path),
    { onChange: (keys) => changed.push([...keys]), notify: (_level, text) => told.push(text) },
    { env },
  );

describe('the table', () => {
  it.each(settingKeys)('%s has a default that is allowed, words to find it by, and profiles that are allowed', (key) => {
    const { schema, default: value, effect, keywords } = settings[key];
    const spec: SettingSpec = settings[key];
    expect(schema.safeParse(value).success).toBe(true);
    expect(effect.length).toBeGreaterThan(20);
    expect(keywords).not.toBe('');
    for (const each of Object.values(spec.profiles ?? {})) expect(schema.safeParse(each).success).toBe(true);
  });

  it('has the variable of the environment that decides a setting', () => {
    expect(environmentName('track.displayHeight')).toBe('SAM2_VIDEO_TRACK_DISPLAY_HEIGHT');
  });
});

describe('SettingsService', () => {
  it('takes over the file of an older version, and writes it as one of its own', () => {
    writeFileSync(path, JSON.stringify({ version: 1, values: { 'ui.language': 'en', 'ui.theme': 'dark', 'of.tomorrow': 5 } }));
    const service = open();
    expect(service.values['ui.theme']).toBe('dark');
    service.set('engine.threads', 3);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      version: 2,
      values: { 'ui.theme': 'dark', 'of.tomorrow': 5, 'engine.threads': 3 },
    });
    expect(told).toEqual([]);
  });

  it('keeps what differs from the default, and what it does not know', () => {
    writeFileSync(path, JSON.stringify({ version: 1, values: { 'of.tomorrow': 5, 'ui.theme': 'no such theme' } }));
    const service = open();
    expect(service.values).toEqual(defaultSettings);
    service.set('engine.threads', 3);
    service.set('ui.theme', 'dark');
    service.set('ui.theme', 'system');
    expect(JSON.parse(readFileSync(path, 'utf8')).values).toEqual({ 'of.tomorrow': 5, 'engine.threads': 3 });
    expect(open().values['engine.threads']).toBe(3);
    expect(changed).toEqual([['engine.threads'], ['ui.theme'], ['ui.theme']]);
  });

  it('refuses what is out of range or no setting', () => {
    const service = open();
    expect(() => service.set('engine.threads', 65)).toThrow(/Threads/);
    expect(() => service.set('constructor', 1)).toThrow(/no setting/);
    expect(() => service.reset('toString')).toThrow(/no setting/);
    expect(existsSync(path)).toBe(false);
  });

  it('knows profiles, and resets one setting or all', () => {
    const service = open();
    expect(service.view.profile).toBe('balanced');
    service.useProfile('quality');
    expect(service.view.profile).toBe('quality');
    expect(service.values['track.memory'].mode).toBe('tree');
    service.set('track.displayHeight', 540);
    expect(service.view.profile).toBe('custom');
    service.reset('track.displayHeight');
    expect(service.values['track.displayHeight']).toBe(720);
    service.reset();
    expect(service.values).toEqual(defaultSettings);
  });

  it('sets a broken file aside and says so', () => {
    writeFileSync(path, '{"version": 1, "val');
    expect(open().values).toEqual(defaultSettings);
    expect(told[0]).toMatch(/could not be read.*broken-/);
    expect(readdirSync(folder).some((name) => name.startsWith('settings.json.broken-'))).toBe(true);
  });

  it('does not write over the file of a newer version', () => {
    const text = JSON.stringify({ version: 9, values: { 'ui.theme': 'dark' } });
    writeFileSync(path, text);
    const service = open();
    expect(service.values['ui.theme']).toBe('dark');
    service.set('ui.theme', 'light');
    expect(service.values['ui.theme']).toBe('light');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('begins with what the environment says, all that is wrong told at once, and a change in the window counts', () => {
    const service = open({ SAM2_VIDEO_ENGINE_THREADS: '2', SAM2_VIDEO_UI_THEME: 'pink', TARGET_FPS: '0' });
    expect(service.values['engine.threads']).toBe(2);
    expect(service.view.decidedBy).toEqual({ 'engine.threads': 'the environment variable SAM2_VIDEO_ENGINE_THREADS' });
    expect(told).toEqual([expect.stringMatching(/SAM2_VIDEO_UI_THEME says "pink".*TARGET_FPS says "0"; use 1 to 60 frames\/s/)]);
    service.set('engine.threads', 4);
    expect(service.values['engine.threads']).toBe(4);
    expect(service.view.decidedBy).toEqual({});
    service.reset('engine.threads');
    expect(service.values['engine.threads']).toBe(2);
  });

  it('keeps a default that was chosen over the profile of the environment', () => {
    const env = { CONFIG_PROFILE: 'performance' };
    open(env).set('stream.targetFps', defaultSettings['stream.targetFps']);
    expect(open(env).values['stream.targetFps']).toBe(15);
    expect(open(env).values['stream.analysisHeight']).toBe(480);
  });

  it('is read by a command without being changed', () => {
    open().set('engine.threads', 3);
    const before = readFileSync(path, 'utf8');
    const only = new SettingsService(new FileSettingsStore(path, true), { onChange: () => {}, notify: () => {} }, { env: {} });
    only.set('ui.theme', 'dark');
    expect(only.values).toMatchObject({ 'engine.threads': 3, 'ui.theme': 'dark' });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
