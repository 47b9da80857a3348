/**
 * Messages from the host and from failed calls. Each leaves by itself after some seconds on screen, and the log keeps
 * it. No more than two are shown, and clicks beside their buttons go to the picture below.
 */
import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { sessionsOf } from '../../state/sessions.ts';
import type { Toast } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { dismissMessages } from './dismiss-message.ts';
import styles from './notices.module.css';
import { isSaidInDialog, sortMessages } from './shown-messages.ts';
import { noticeText } from './strings.ts';
import { useTimeOnScreen } from './use-time-on-screen.ts';

const staysMs = { info: 6000, warning: 10_000, error: 10_000 };
const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };
const none: readonly Toast[] = [];

export const Toasts = () => {
  const { client, store } = useApp();
  const notices = useAppState((s) => s.host?.notices ?? none);
  const own = useAppState((s) => s.toasts);
  const dialog = useAppState((s) => s.dialog);
  const { shown, dropped } = useMemo(
    () => sortMessages([...notices, ...own], (text) => isSaidInDialog({ ...store.getState(), dialog }, text)),
    [notices, own, dialog, store],
  );
  useEffect(() => {
    if (dropped.length > 0)
      dismissMessages(
        dropped.map(({ id }) => id),
        client,
        store,
      );
  }, [dropped, client, store]);
  return (
    <ol className={styles.toasts} aria-label={noticeText.messages}>
      {shown.map((toast) => (
        <ToastItem key={toast.id} toast={toast} />
      ))}
    </ol>
  );
};

const ToastItem = ({ toast: { id, level, text, sessionId } }: { toast: Toast }) => {
  const { client, store, tabs } = useApp();
  const isElsewhere = useAppState((s) => sessionId !== s.activeId && sessionsOf(s).some((session) => session.id === sessionId));
  const [isHeld, setIsHeld] = useState(false);
  const Icon = icons[level];
  const dismiss = useCallback(() => dismissMessages([id], client, store), [id, client, store]);
  useTimeOnScreen(staysMs[level], isHeld, dismiss);
  return (
    <li
      className={cx(styles.toast, styles[level])}
      role={level === 'error' ? 'alert' : 'status'}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
    >
      <Icon size={16} className={styles.icon} aria-hidden="true" />
      <span className={styles.text}>{text}</span>
      {isElsewhere && sessionId !== undefined && (
        <Button
          size="small"
          onClick={() => {
            dismiss();
            tabs.activate(sessionId);
          }}
        >
          {noticeText.goThere}
        </Button>
      )}
      <Button variant="ghost" size="small" isIcon label={noticeText.dismiss} onClick={dismiss}>
        <X size={14} />
      </Button>
    </li>
  );
};
