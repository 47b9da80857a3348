/** Which messages are on screen. Pure. */
import type { Toast, WindowState } from '../../state/window-state.ts';

const mostShown = 2;

/**
 * The newest two; what went wrong goes before what only informs.
 *
 * @returns both oldest first. `dropped` are those that will not be shown: they had no room, or the dialog that is open
 *   says the same
 */
export const sortMessages = (
  all: readonly Toast[],
  saidInDialog: (text: string) => boolean,
): { shown: readonly Toast[]; dropped: readonly Toast[] } => {
  const wanted = all.filter(({ text }) => !saidInDialog(text));
  const byWeight = [...wanted].reverse().sort((a, b) => Number(a.level === 'info') - Number(b.level === 'info'));
  const kept = new Set(byWeight.slice(0, mostShown));
  return { shown: all.filter((message) => kept.has(message)), dropped: all.filter((message) => !kept.has(message)) };
};

/** Whether the dialog on screen shows this error itself. */
export const isSaidInDialog = ({ dialog, failedOpening, host }: WindowState, text: string): boolean => {
  if (dialog === 'open') return failedOpening?.error === text;
  if (dialog !== 'export' && dialog !== 'copy') return false;
  return host?.operations.some(({ kind, error }) => kind === dialog && error?.message === text) ?? false;
};
