/** The bridge as the page gets it, with a fake electron: one message each, no event and no ipcRenderer handed on. */
import { expect, it, vi } from 'vitest';
import { type DesktopBridge, desktopChannels } from '../../src/shared/desktop-bridge.ts';

const fake = vi.hoisted(() => {
  const listeners = new Map<string, (...args: unknown[]) => void>();
  return {
    listeners,
    exposed: new Map<string, unknown>(),
    send: vi.fn(),
    invoke: vi.fn(async (..._args: unknown[]): Promise<unknown> => null),
    off: vi.fn(),
    on: vi.fn((channel: string, listener: (...args: unknown[]) => void) => void listeners.set(channel, listener)),
  };
});
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => fake.exposed.set(name, value) },
  ipcRenderer: { send: fake.send, invoke: fake.invoke, on: fake.on, off: fake.off },
  webUtils: { getPathForFile: (file: { path: string }) => file.path },
}));

it('gives the page the listed functions, and nothing of Electron', async () => {
  const postMessage = vi.fn();
  vi.stubGlobal('window', { location: { origin: 'app://main' }, postMessage });
  await import('../../src/preload/index.ts');
  expect([...fake.exposed.keys()]).toEqual(['sam2']);
  const bridge = fake.exposed.get('sam2') as DesktopBridge;
  expect(Object.keys(bridge).filter((key) => typeof bridge[key as keyof DesktopBridge] !== 'function')).toEqual(['platform']);

  bridge.connect();
  expect(fake.send).toHaveBeenCalledExactlyOnceWith(desktopChannels.connect);
  await bridge.openFile('checkpoint');
  await bridge.chooseFolder();
  await bridge.reveal('/exports/a.mp4');
  expect(fake.invoke.mock.calls).toEqual([
    [desktopChannels.openFile, 'checkpoint'],
    [desktopChannels.chooseFolder],
    [desktopChannels.reveal, '/exports/a.mp4'],
  ]);
  expect(bridge.pathOf({ path: '/dropped.mp4' })).toBe('/dropped.mp4');

  const heard = vi.fn();
  const stop = bridge.onCommand(heard);
  fake.listeners.get(desktopChannels.command)!({ sender: 'electron' }, 'clip.open');
  expect(heard).toHaveBeenCalledExactlyOnceWith('clip.open');
  stop();
  expect(fake.off).toHaveBeenCalledOnce();

  // A port goes to this page's own origin alone.
  fake.listeners.get(desktopChannels.port)!({ ports: ['port'] });
  expect(postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'sam2-video:port' }, 'app://main', ['port']);
});
