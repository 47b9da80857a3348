/** The projects that were open, whatever is open now. */
import { useApp } from '../../app/app-context.ts';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './open.module.css';
import { Recents } from './recents.tsx';
import { openText as text } from './strings.ts';

export const RecentsDialog = () => {
  const { store } = useApp();
  const close = (): void => store.setState({ dialog: null });
  return (
    <Dialog title={text.recents} isWide onClose={close}>
      <Recents most={20} onOpened={close} />
      <p className={styles.emptyText}>{text.whatRecents}</p>
    </Dialog>
  );
};
