/** Asks before the app ends while something runs. */
import type { Dialog } from 'electron';
import type { Operation } from '../../shared/contract/state.ts';
import { cutKindsOf, cutTexts } from '../../shared/cut-work.ts';

export interface QuitQuestionOptions {
  dialog: Pick<Dialog, 'showMessageBox'>;
  operations: () => readonly Operation[];
  /** Ends the app; whoever is asked has agreed. */
  quit: () => void;
}

/**
 * @returns a listener for events that end the app: it holds them back while work runs, and once the user agrees lets them
 *   pass and quits
 */
export const quitQuestion = ({ dialog, operations, quit }: QuitQuestionOptions): ((event: { preventDefault(): void }) => void) => {
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
        quit();
      })
      .finally(() => {
        isAsking = false;
      });
  };
};
