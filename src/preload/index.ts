/**
 * The one bridge between the window and the desktop shell. No logic: each function is one message to the main process.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { CommandId } from '../shared/commands.ts';
import { type DesktopBridge, desktopChannels, desktopPortMessage } from '../shared/desktop-bridge.ts';

/** The page's window, of which this file needs no more (its types are Node's). */
declare const window: { location: { origin: string }; postMessage(message: unknown, origin: string, ports: unknown[]): void };

const bridge: DesktopBridge = {
  platform: process.platform,
  connect: () => ipcRenderer.send(desktopChannels.connect),
  openFile: (kind = 'clip') => ipcRenderer.invoke(desktopChannels.openFile, kind),
  chooseFolder: () => ipcRenderer.invoke(desktopChannels.chooseFolder),
  reveal: (path) => ipcRenderer.invoke(desktopChannels.reveal, path),
  pathOf: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
  onCommand: (listener) => {
    const onMessage = (_event: unknown, id: CommandId): void => listener(id);
    ipcRenderer.on(desktopChannels.command, onMessage);
    return () => ipcRenderer.off(desktopChannels.command, onMessage);
  },
};

// A MessagePort can't cross the context bridge; the page gets it as a message to its own window.
ipcRenderer.on(desktopChannels.port, (event) => {
  window.postMessage({ type: desktopPortMessage }, window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld('sam2', bridge);
