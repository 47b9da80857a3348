/** Asks before the app ends while something runs. */
import type { Operation } from '../../../shared/contract/state.ts';
import { cutKindsOf, cutTexts } from '../../../shared/cut-work.ts';

/** What is asked of Electron. */
export interface QuittingShell {
  app: { quit(): void };
  dialog: {
    showMessageBox(question: {
      type: 'question';
      message: string;
      detail: string;
      buttons: string[];
      defaultId: number;
      cancelId: number;
      noLink: boolean;
    }): Promise<{ response: number }>;
  };
}

/**
 * @returns a listener for events that end the app: it holds them back while work runs, and once the user agrees lets
 *   them pass and quits
 */
export const quitQuestion = (
  { app, dialog }: QuittingShell,
  operations: () => readonly Operation[],
): ((event: { preventDefault(): void }) => void) => {
  let isAsking = false;
  let isAgreed = false;
  return (event) => {
    if (isAgreed) return;
    const cut = cutKindsOf(operations());
    if (cut.length === 0) return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    void dialog
      .showMessageBox({
        type: 'question',
        message: 'Quit SAM2 Video?',
        detail: cut.map((kind) => cutTexts[kind]).join('\n'),
        buttons: ['Keep working', 'Stop and quit'],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      })
      .then(({ response }) => {
        if (response !== 1) return;
        isAgreed = true;
        app.quit();
      })
      .finally(() => {
        isAsking = false;
      });
  };
};
