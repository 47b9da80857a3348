/** Asks before a session is closed whose work would be cut. */
import { useEffect } from 'react';
import { cutTexts } from '../../../shared/cut-work.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { sessionsOf } from '../../state/sessions.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './close-dialog.module.css';
import { tabText } from './strings.ts';
import { workCutBy } from './tab-actions.ts';

const text = tabText.ask;

export const CloseDialog = () => {
  const { store, tabs } = useApp();
  const session = useAppState((s) => sessionsOf(s).find(({ id }) => id === s.closingId) ?? null);
  const host = useAppState((s) => s.host);
  const isGone = session === null;
  const close = (): void => store.setState({ dialog: null, closingId: null });

  // It was closed in another window.
  useEffect(() => {
    if (isGone) store.setState({ dialog: null, closingId: null });
  }, [store, isGone]);

  if (!session) return null;
  return (
    <Dialog title={text.title(session.title)} onClose={close}>
      <div className={styles.form}>
        <ul className={styles.cut}>
          {workCutBy({ host }, session.id).map((kind) => (
            <li key={kind}>{cutTexts[kind]}</li>
          ))}
        </ul>
        <div className={styles.actions}>
          <Button variant="ghost" data-autofocus onClick={close}>
            {text.cancel}
          </Button>
          <Button
            variant="danger"
            onClick={() => {
              close();
              void tabs.closeNow(session.id);
            }}
          >
            {text.confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
