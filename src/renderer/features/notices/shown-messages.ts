/** Which messages are on screen. Pure. */
import type { Toast, WindowState } from '../../state/window-state.ts';

const mostShown = 2;

/**
 * The newest, and of the others the newest that tells of something wrong, or else just the newest.
 *
 * @returns both oldest first. `dropped` are those that will not be shown: they had no room, or the dialog that is open
 *   says the same
 */
export const sortMessages = (
  all: readonly Toast[],
  saidInDialog: (text: string) => boolean,
): { shown: readonly Toast[]; dropped: readonly Toast[] } => {
  const wanted = all.filter(({ text }) => !saidInDialog(text));
  const [newest, ...older] = [...wanted].reverse();
  const byWeight = older.sort((a, b) => Number(a.level === 'info') - Number(b.level === 'info'));
  const kept = new Set([newest, ...byWeight].slice(0, mostShown));
  return { shown: all.filter((message) => kept.has(message)), dropped: all.filter((message) => !kept.has(message)) };
};

/** Whether the dialog on screen shows this error itself. */
export const isSaidInDialog = ({ dialog, failedOpening, host }: WindowState, text: string): boolean => {
  if (dialog === 'open') return failedOpening?.error === text;
  if (dialog !== 'export' && dialog !== 'copy') return false;
  return host?.operations.some(({ kind, error }) => kind === dialog && error?.message === text) ?? false;
};
