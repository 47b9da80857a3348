import { expect, it, vi } from 'vitest';
import { desktopChannels } from '../../shared/desktop-bridge.ts';
import { installBridge } from './bridge.ts';

const appPage = { url: 'app://main/index.html', parent: null };
const foreignPage = { url: 'https://example.org/', parent: null };

const install = () => {
  const listeners = new Map<string, (event: unknown, argument?: unknown) => unknown>();
  const connection = { receive: vi.fn(), close: vi.fn() };
  const port = { postMessage: vi.fn(), start: vi.fn(), on: (name: string, l: never) => portListeners.set(name, l) };
  const portListeners = new Map<string, (event: { data: unknown }) => void>();
  const services = {
    connect: vi.fn((link: { send(m: unknown): void; sendBinary(b: ArrayBuffer): void }) => {
      link.send({ t: 'state' });
      return connection;
    }),
    operations: { list: [{ outputs: [{ name: 'a', path: '/exports/a.mp4', url: null }] }] },
  };
  const dialog = { showOpenDialog: vi.fn(async () => ({ filePaths: ['/clip.mp4'] })) };
  const shell = { showItemInFolder: vi.fn() };
  installBridge({
    services: services as never,
    ipcMain: { on: (n: string, l: never) => listeners.set(n, l), handle: (n: string, l: never) => listeners.set(n, l) } as never,
    dialog: dialog as never,
    shell: shell as never,
    MessageChannel: class {
      port1 = port;
      port2 = 'port2';
    } as never,
    windowOf: () => null,
    devServer: null,
  });
  return { listeners, connection, port, portListeners, services, dialog, shell };
};

it('hands a port to the app page and serves it until it closes', () => {
  const { listeners, connection, port, portListeners } = install();
  const postMessage = vi.fn();
  listeners.get(desktopChannels.connect)!({ senderFrame: { ...appPage, postMessage } });
  expect(postMessage).toHaveBeenCalledExactlyOnceWith(desktopChannels.port, null, ['port2']);
  expect(port.postMessage).toHaveBeenCalledWith({ t: 'state' });
  portListeners.get('message')!({ data: { t: 'req' } });
  expect(connection.receive).toHaveBeenCalledWith({ t: 'req' });
  portListeners.get('close')!({ data: null });
  expect(connection.close).toHaveBeenCalledOnce();
});

it('answers no other page and no inner frame', () => {
  const { listeners, services, dialog } = install();
  for (const senderFrame of [foreignPage, { ...appPage, parent: appPage }, null]) {
    listeners.get(desktopChannels.connect)!({ senderFrame });
    for (const channel of [desktopChannels.openFile, desktopChannels.chooseFolder, desktopChannels.reveal])
      expect(() => listeners.get(channel)!({ senderFrame }, 'clip')).toThrow('not allowed');
  }
  expect(services.connect).not.toHaveBeenCalled();
  expect(dialog.showOpenDialog).not.toHaveBeenCalled();
});

it("asks with the system's dialogs", async () => {
  const { listeners, dialog } = install();
  expect(await listeners.get(desktopChannels.openFile)!({ senderFrame: appPage }, 'clip')).toBe('/clip.mp4');
  dialog.showOpenDialog.mockResolvedValueOnce({ filePaths: [] });
  expect(await listeners.get(desktopChannels.chooseFolder)!({ senderFrame: appPage })).toBeNull();
});

it('shows only what the app wrote', async () => {
  const { listeners, shell } = install();
  await listeners.get(desktopChannels.reveal)!({ senderFrame: appPage }, '/etc/passwd');
  expect(shell.showItemInFolder).not.toHaveBeenCalled();
  await listeners.get(desktopChannels.reveal)!({ senderFrame: appPage }, '/exports/a.mp4');
  expect(shell.showItemInFolder).toHaveBeenCalledExactlyOnceWith('/exports/a.mp4');
});

it.each([
  [desktopChannels.openFile, 'anything'],
  [desktopChannels.openFile, undefined],
  [desktopChannels.openFile, { kind: 'clip' }],
  [desktopChannels.chooseFolder, '/etc'],
  [desktopChannels.reveal, { path: '/exports/a.mp4' }],
  [desktopChannels.reveal, ''],
  [desktopChannels.reveal, 'x'.repeat(5000)],
])('%s does not take %j', (channel, argument) => {
  const { listeners, dialog, shell } = install();
  expect(() => listeners.get(channel)!({ senderFrame: appPage }, argument)).toThrow('not understood');
  expect(dialog.showOpenDialog).not.toHaveBeenCalled();
  expect(shell.showItemInFolder).not.toHaveBeenCalled();
});
