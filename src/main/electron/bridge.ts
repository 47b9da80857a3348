/** Connects windows to the services by a MessagePort each, and shows the system's dialogs. Every message is checked. */
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
import { z } from 'zod';
import { desktopChannels, openFileKinds } from '../../shared/desktop-bridge.ts';
import type { Services } from '../services/app/services.ts';
import { isTrustedSender } from './guards.ts';

export interface BridgeParts {
  services: Services;
  ipcMain: IpcMain;
  dialog: Dialog;
  shell: Shell;
  /** The class, so that this module loads without electron. */
  MessageChannel: new () => MessageChannelMain;
  windowOf: (event: IpcMainInvokeEvent) => BrowserWindow | null;
  devServer: string | null;
}

export const videoExtensions = ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'ts', 'mts', 'm2ts', 'wmv', 'flv', 'ogv', 'gif'];

export const installBridge = ({ services, ipcMain, dialog, shell, MessageChannel, windowOf, devServer }: BridgeParts): void => {
  ipcMain.on(desktopChannels.connect, (event: IpcMainEvent) => {
    const frame = event.senderFrame;
    if (!frame || !isTrustedSender(frame, devServer)) return;
    const { port1, port2 } = new MessageChannel();
    servePort(services, port1);
    frame.postMessage(desktopChannels.port, null, [port2]);
  });

  /** @throws to the page, which is told nothing but that it was refused */
  const answer = <T>(
    channel: string,
    schema: z.ZodType<T>,
    handler: (window: BrowserWindow | null, argument: T) => Promise<unknown>,
  ): void =>
    ipcMain.handle(channel, (event, argument: unknown) => {
      if (!isTrustedSender(event.senderFrame, devServer)) throw new Error('not allowed');
      const parsed = schema.safeParse(argument);
      if (!parsed.success) throw new Error('not understood');
      return handler(windowOf(event), parsed.data);
    });

  const choose = async (window: BrowserWindow | null, options: Electron.OpenDialogOptions): Promise<string | null> => {
    const { filePaths } = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options);
    return filePaths[0] ?? null;
  };

  answer(desktopChannels.openFile, z.enum(openFileKinds), (window, kind) =>
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
  answer(desktopChannels.chooseFolder, z.undefined(), (window) => choose(window, { properties: ['openDirectory', 'createDirectory'] }));
  answer(desktopChannels.reveal, z.string().min(1).max(4096), async (_window, path) => {
    // Only what the app itself wrote can be shown; showing never runs the file.
    const isOutput = services.operations.list.some((operation) => operation.outputs.some((output) => output.path === path));
    if (isOutput) shell.showItemInFolder(path);
  });
};

/** One window on the services. Pictures are copied: only ports can be transferred from here. */
const servePort = (services: Services, port: Pick<MessagePortMain, 'postMessage' | 'on' | 'start'>): void => {
  const connection = services.connect({
    send: (message) => port.postMessage(message),
    sendBinary: (data) => port.postMessage(data),
  });
  port.on('message', (event) => connection.receive(event.data));
  port.on('close', () => connection.close());
  port.start();
};
