/**
 * The browser asks before its tab is closed or left while something runs. The desktop's own window asks in its own
 * words.
 */
import { useEffect } from 'react';
import { cutKindsOf } from '../../shared/cut-work.ts';
import { useApp, useAppState } from './app-context.ts';

export const useAskBeforeLeaving = (): void => {
  const { desktop } = useApp();
  const isWorking = useAppState((s) => cutKindsOf(s.host?.operations ?? []).length > 0);
  const asks = isWorking && desktop === null;
  useEffect(() => {
    // Only while it is needed: a page with such a listener can't be kept for going back to it.
    if (!asks) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [asks]);
};
