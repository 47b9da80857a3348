/** Puts the text for a report on the clipboard. */
import type { WindowParts } from '../../app/window-parts.ts';
import { addToast, reportError } from '../../state/app-store.ts';
import { logText } from './strings.ts';

/** @returns whether it is there; why not is told to the user */
export const copyText = async ({ store }: Pick<WindowParts, 'store'>, content: string, said: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(content);
    addToast(store, 'info', said);
    return true;
  } catch {
    addToast(store, 'warning', logText.notCopied);
    return false;
  }
};

export const copyDiagnostics = async ({ client, store }: Pick<WindowParts, 'client' | 'store'>, withPaths = false): Promise<void> => {
  try {
    const { text } = await client.call('app.diagnostics', { withPaths });
    await copyText({ store }, text, logText.diagnosticsCopied);
  } catch (error) {
    reportError(store, error);
  }
};
