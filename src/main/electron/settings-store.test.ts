/** What every store of settings does, in a file and in the real electron-store on a fake Electron. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../shared/settings.ts';
import { SettingsService } from '../services/settings/settings-service.ts';
import { FileSettingsStore, type SettingsStore } from '../services/settings/settings-store.ts';
import { desktopSettingsStore } from './settings-store.ts';

vi.mock('electron', () => ({
  default: { app: { getPath: () => '/nowhere', getVersion: () => '1.2.3' }, ipcMain: { on: () => {} }, shell: {} },
}));

let folder: string;
const told: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sam2-stores-'));
  told.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'settings.json');
const onDisk = [
  { name: 'a file', make: (): SettingsStore => new FileSettingsStore(path()) },
  { name: 'electron-store', make: (): SettingsStore => desktopSettingsStore(folder) },
];

const serviceOn = (store: SettingsStore): SettingsService =>
  new SettingsService(store, { onChange: () => {}, notify: (_level, text) => told.push(text) }, { env: {} });

describe.each(onDisk)('$name', ({ make }) => {
  it('is empty at first, and holds what was set when it is opened again', () => {
    expect(make().read()).toBeNull();
    serviceOn(make()).set('engine.threads', 3);
    serviceOn(make()).set('ui.theme', 'dark');
    expect(serviceOn(make()).values).toEqual({ ...defaultSettings, 'engine.threads': 3, 'ui.theme': 'dark' });
    expect(told).toEqual([]);
  });

  it.each(['{"version": 1, "val', '', '{"settings": [1]}', '{"settings": 5, "version": "x"}'])(
    'sets %j aside, says where it is, and goes on',
    (broken) => {
      writeFileSync(path(), broken);
      const service = serviceOn(make());
      expect(service.values).toEqual(defaultSettings);
      expect(told).toEqual([expect.stringMatching(/could not be read.*defaults are used.*settings\.json\.broken-/)]);
      const aside = readdirSync(folder).filter((name) => name.startsWith('settings.json.broken-'));
      expect(aside).toHaveLength(1);
      expect(readFileSync(join(folder, aside[0]!), 'utf8')).toBe(broken);
      service.set('engine.threads', 4);
      expect(serviceOn(make()).values['engine.threads']).toBe(4);
    },
  );
});
