/** Connects windows to the services: a MessagePort each, and the system's dialogs. Every message's sender is checked. */
import type {
  BrowserWindow,
  Dialog,
  IpcMain,
  IpcMainEvent,
  IpcMainInvokeEvent,
  MessageChannelMain,
  MessagePortMain,
  Shell,
} from 'electron';
import { desktopChannels } from '../../shared/desktop-bridge.ts';
import type { AppServices } from '../services/app-services.ts';
import { isTrustedSender } from './guards.ts';

export interface BridgeParts {
  services: AppServices;
  ipcMain: IpcMain;
  dialog: Dialog;
  shell: Shell;
  /** The class, so that this module loads without electron. */
  MessageChannel: new () => MessageChannelMain;
  windowOf: (event: IpcMainInvokeEvent) => BrowserWindow | null;
  devServer: string | null;
}

const videoExtensions = ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'ts', 'mts', 'wmv', 'flv', 'ogv', 'gif'];

export const installBridge = ({ services, ipcMain, dialog, shell, MessageChannel, windowOf, devServer }: BridgeParts): void => {
  ipcMain.on(desktopChannels.connect, (event: IpcMainEvent) => {
    const frame = event.senderFrame;
    if (!frame || !isTrustedSender(frame, devServer)) return;
    const { port1, port2 } = new MessageChannel();
    servePort(services, port1);
    frame.postMessage(desktopChannels.port, null, [port2]);
  });

  const answer = (channel: string, handler: (window: BrowserWindow | null, argument: unknown) => Promise<unknown>): void =>
    ipcMain.handle(channel, (event, argument: unknown) => {
      if (!isTrustedSender(event.senderFrame, devServer)) throw new Error('not allowed');
      return handler(windowOf(event), argument);
    });

  const choose = async (window: BrowserWindow | null, options: Electron.OpenDialogOptions): Promise<string | null> => {
    const { filePaths } = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options);
    return filePaths[0] ?? null;
  };

  answer(desktopChannels.openFile, (window, kind) =>
    choose(window, {
      properties: ['openFile'],
      filters: [
        kind === 'checkpoint'
          ? { name: 'PyTorch checkpoints', extensions: ['pt', 'pth'] }
          : { name: 'Videos', extensions: videoExtensions },
        { name: 'All files', extensions: ['*'] },
      ],
    }),
  );
  answer(desktopChannels.chooseFolder, (window) => choose(window, { properties: ['openDirectory', 'createDirectory'] }));
  answer(desktopChannels.reveal, async (_window, path) => {
    // Only what the app itself wrote can be shown; showing never runs the file.
    const isOutput = services.operations.list.some((operation) => operation.outputs.some((output) => output.path === path));
    if (typeof path === 'string' && isOutput) shell.showItemInFolder(path);
  });
};

/** One window on the services. Pictures are copied: only ports can be transferred from here. */
export const servePort = (services: AppServices, port: Pick<MessagePortMain, 'postMessage' | 'on' | 'start'>): void => {
  const connection = services.connect({
    send: (message) => port.postMessage(message),
    sendBinary: (data) => port.postMessage(data),
  });
  port.on('message', (event) => connection.receive(event.data));
  port.on('close', () => connection.close());
  port.start();
};
