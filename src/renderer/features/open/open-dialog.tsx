/** Opens a clip by its path on the machine that runs the app; the desktop uses the system's dialog instead. */
import { useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './open.module.css';
import { openText as text } from './strings.ts';

export const OpenDialog = () => {
  const { store, openClip, run } = useApp();
  const isOpening = useAppState((s) => s.isOpening);
  const current = useAppState((s) => s.host?.session?.media.path ?? '');
  const [path, setPath] = useState(current);
  const [error, setError] = useState<string | null>(null);
  const close = (): void => store.setState({ dialog: null });
  return (
    <Dialog title={text.open} onClose={close}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setError(null);
          void openClip(path.trim()).then((failure) => (failure ? setError(failure.message) : close()));
        }}
      >
        <label className={styles.field}>
          <span className={styles.label}>{text.path}</span>
          <input
            type="text"
            className={styles.input}
            value={path}
            placeholder="/videos/clip.mp4"
            spellCheck={false}
            data-autofocus
            autoComplete="off"
            onChange={(event) => setPath(event.target.value)}
          />
        </label>
        {error !== null && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
        <div className={styles.actions}>
          <Button
            variant="ghost"
            className={styles.first}
            onClick={() => {
              close();
              run('clip.openSample');
            }}
          >
            {text.sample}
          </Button>
          <Button variant="ghost" onClick={close}>
            {text.cancel}
          </Button>
          <Button type="submit" variant="primary" disabled={path.trim() === '' || isOpening}>
            {isOpening ? text.opening : text.openAction}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
