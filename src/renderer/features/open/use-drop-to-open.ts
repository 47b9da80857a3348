/** Files dropped on the window are opened, each in a tab, and an address pasted into it too. */
import { useEffect, useState } from 'react';
import { useApp } from '../../app/app-context.ts';
import { addToast, reportError } from '../../state/app-store.ts';
import { sendFile } from '../../transport/send-file.ts';
import { type DroppedFile, droppedFiles } from './dropped.ts';
import { openText } from './strings.ts';

/** Addresses a pasted text may be, whole and alone. */
export const isClipAddress = (text: string): boolean => /^(https?|rtsps?|rtmps?|srt):\/\/[^\s]+$/i.test(text.trim());

/** Addresses of something that goes on while it is looked at. */
export const isStreamAddress = (text: string): boolean => /^(rtsps?|rtmps?|srt):\/\/[^\s]+$/i.test(text.trim());

/** The scheme of an address that can't be opened, such as "ftp"; null where the text is something else. */
export const unknownSchemeOf = (text: string): string | null =>
  isClipAddress(text) ? null : (/^([a-z][a-z0-9+.-]*):\/\/[^\s]/i.exec(text.trim())?.[1]?.toLowerCase() ?? null);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** @returns whether a file is over the window now */
export const useDropToOpen = (): boolean => {
  const { attempt, client, desktop, openClip, store, tabs } = useApp();
  const [isOver, setIsOver] = useState(false);

  useEffect(() => {
    const open = async (path: string): Promise<void> => {
      const error = await openClip(path);
      if (error) reportError(store, error);
    };
    const openDropped = async ({ file, isFolder }: DroppedFile): Promise<void> => {
      if (desktop) await open(desktop.pathOf(file));
      else if (isFolder) addToast(store, 'warning', openText.noFolder(file.name));
      // A browser does not tell where the file lies: its bytes are sent.
      else await attempt(sendFile(client, file).then(tabs.opened));
    };
    const openAll = async (dropped: readonly DroppedFile[]): Promise<void> => {
      // One after another, so that the tabs are in the order of the files.
      for (const one of dropped) await openDropped(one);
    };
    // Without these a dropped file would replace the window's page.
    const onDragOver = (event: DragEvent): void => {
      event.preventDefault();
      if (event.dataTransfer?.types.includes('Files')) setIsOver(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(false);
      void openAll(event.dataTransfer ? droppedFiles(event.dataTransfer) : []);
    };
    const onPaste = (event: ClipboardEvent): void => {
      const pasted = event.clipboardData?.files[0];
      if (pasted && !isTyping(event.target) && store.getState().dialog === null) {
        event.preventDefault();
        void openDropped({ file: pasted, isFolder: false });
        return;
      }
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (isTyping(event.target) || store.getState().dialog !== null || !isClipAddress(text)) return;
      event.preventDefault();
      void open(text.trim());
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onDragLeave);
    window.addEventListener('drop', onDrop);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onDragLeave);
      window.removeEventListener('drop', onDrop);
      window.removeEventListener('paste', onPaste);
    };
  }, [attempt, client, desktop, openClip, store, tabs]);

  return isOver;
};
