/**
 * What the desktop shell offers the window beyond the contract, as `window.sam2`. A browser has none of it, and the
 * window hides what is absent. The preload script holds this file, so it imports nothing that runs.
 */
import type { CommandId } from './commands.ts';

/** Type of the window message that carries the MessagePort to the services. */
export const desktopPortMessage = 'sam2-video:port';

/** What a file is chosen for. */
export const openFileKinds = ['clip', 'checkpoint'] as const;
type OpenFileKind = (typeof openFileKinds)[number];

export interface DesktopBridge {
  readonly platform: string;
  /** Asks for a MessagePort to the services; it arrives as a window message of type `desktopPortMessage`. */
  connect(): void;
  /** The system's dialogs; null when the user closed them. */
  openFile(kind?: OpenFileKind): Promise<string | null>;
  chooseFolder(): Promise<string | null>;
  /** Shows a file in the system's file manager. */
  reveal(path: string): Promise<void>;
  /** Path of a file that was dropped on the window. */
  pathOf(file: unknown): string;
  /** A command chosen from the system's menu. @returns unsubscribe */
  onCommand(listener: (id: CommandId) => void): () => void;
}

/** Names of the messages between the preload script and the main process. */
export const desktopChannels = {
  connect: 'sam2:connect',
  port: 'sam2:port',
  openFile: 'sam2:open-file',
  chooseFolder: 'sam2:choose-folder',
  reveal: 'sam2:reveal',
  command: 'sam2:command',
} as const;
