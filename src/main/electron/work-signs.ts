/** During tracking and exports the computer stays awake, the window's icon shows progress, and a sign marks the end. */
import type { PowerSaveBlocker } from 'electron';
import type { AppState } from '../../shared/contract/state.ts';
import { EndedWork } from '../services/app/ended-work.ts';

/** @param showProgress 0..1, or -1 for none @param tell of long work that has ended */
export const workSigns = (
  blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>,
  showProgress: (share: number) => void,
  tell: (text: string) => void,
): ((state: Pick<AppState, 'operations'>) => void) => {
  let id: number | null = null;
  let shown = -1;
  const ended = new EndedWork();
  return ({ operations }) => {
    for (const text of ended.look({ operations }, performance.now())) tell(text);
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
