/** What a tab says of its session. Pure. */
import type { Operation } from '../../../shared/contract/state.ts';
import { sessionOf } from '../../state/sessions.ts';
import type { WindowState } from '../../state/window-state.ts';

export interface TabWork {
  kind: Operation['kind'];
  /** 0..1, null while that is unknown. */
  share: number | null;
}

const shown: readonly Operation['kind'][] = ['track', 'find', 'export', 'copy'];

/** What runs on a session; of several the first that began. */
export const tabWork = (state: Pick<WindowState, 'host'>, sessionId: string): TabWork | null => {
  const operation = state.host?.operations.find(
    ({ sessionId: its, state: now, kind }) => its === sessionId && now === 'running' && shown.includes(kind),
  );
  if (!operation) return null;
  const { kind, done, total } = operation;
  return { kind, share: total > 0 ? Math.min(1, done / total) : null };
};

/** Why the session's last change is not on the disk, as far as this window knows; null when all is well. */
export const tabProblem = (state: Pick<WindowState, 'session' | 'activeId' | 'left'>, sessionId: string): string | null =>
  sessionOf(state, sessionId)?.project?.error?.message ?? null;
