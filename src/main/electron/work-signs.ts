/** While something is tracked or exported the computer stays awake, and the window's icon shows how far it is. */
import type { PowerSaveBlocker } from 'electron';
import type { AppState } from '../../shared/contract.ts';

/** @param showProgress 0..1, or -1 for none */
export const workSigns = (
  blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>,
  showProgress: (share: number) => void,
): ((state: Pick<AppState, 'operations'>) => void) => {
  let id: number | null = null;
  let shown = -1;
  return ({ operations }) => {
    const running = operations.filter(({ state }) => state === 'running');
    if (running.length > 0 && id === null) id = blocker.start('prevent-app-suspension');
    if (running.length === 0 && id !== null) {
      blocker.stop(id);
      id = null;
    }
    const [first] = running;
    const share = first === undefined ? -1 : first.total > 0 ? first.done / first.total : 0;
    if (share === shown) return;
    shown = share;
    showProgress(share);
  };
};
