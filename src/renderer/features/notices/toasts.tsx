/**
 * Messages from the host and from failed calls. An error stays until it is closed; what only informs goes by itself.
 */
import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect } from 'react';
import { useShallow } from 'zustand/shallow';
import { useApp, useAppState } from '../../app/app-context.ts';
import { sessionsOf } from '../../state/sessions.ts';
import type { Toast } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import styles from './notices.module.css';
import { noticeText } from './strings.ts';

const infoStaysMs = 6000;
const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };

export const Toasts = () => {
  const toasts = useAppState(useShallow((s) => [...(s.host?.notices ?? []), ...s.toasts]));
  return (
    <ol className={styles.toasts} aria-label={noticeText.messages}>
      {toasts.map((toast) => (
        <ToastItem key={toast.id} toast={toast} />
      ))}
    </ol>
  );
};

const ToastItem = ({ toast }: { toast: Toast }) => {
  const { client, store, tabs } = useApp();
  const { sessionId } = toast;
  const isElsewhere = useAppState((s) => sessionId !== s.activeId && sessionsOf(s).some(({ id }) => id === sessionId));
  const Icon = icons[toast.level];
  useEffect(() => {
    if (toast.level !== 'info') return;
    const timer = setTimeout(() => dismissToast(toast.id, client, store), infoStaysMs);
    return () => clearTimeout(timer);
  }, [toast.id, toast.level, client, store]);
  return (
    <li className={cx(styles.toast, styles[toast.level])} role={toast.level === 'error' ? 'alert' : 'status'}>
      <Icon size={16} className={styles.icon} aria-hidden="true" />
      <span className={styles.text}>{toast.text}</span>
      {isElsewhere && sessionId !== undefined && (
        <Button
          size="small"
          onClick={() => {
            dismissToast(toast.id, client, store);
            tabs.activate(sessionId);
          }}
        >
          {noticeText.goThere}
        </Button>
      )}
      <Button variant="ghost" size="small" isIcon label={noticeText.dismiss} onClick={() => dismissToast(toast.id, client, store)}>
        <X size={14} />
      </Button>
    </li>
  );
};

const dismissToast = (id: number, client: ReturnType<typeof useApp>['client'], store: ReturnType<typeof useApp>['store']): void => {
  if (id < 0) store.setState((s) => ({ toasts: s.toasts.filter((toast) => toast.id !== id) }));
  // Gone on the host already, or the link is down: either way there is nothing to tell the user.
  else client.call('app.dismissNotice', { id }).catch(() => {});
};
