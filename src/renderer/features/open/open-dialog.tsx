/** Opens a clip by its path on the machine that runs the app; the desktop uses the system's dialog instead. */
import { useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { sendFile } from '../../transport/send-file.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FileBrowser } from '../files/file-browser.tsx';
import styles from './open.module.css';
import { Recents } from './recents.tsx';
import { openText as text } from './strings.ts';
import { isClipAddress, isStreamAddress, unknownSchemeOf } from './use-drop-to-open.ts';
import { type Opening, watchLive } from './watch-live.ts';

export const OpenDialog = () => {
  const { attempt, client, store, tabs, openClip, run } = useApp();
  const isOpening = useAppState((s) => s.isOpening);
  const [path, setPath] = useState(() => store.getState().failedOpening?.path ?? store.getState().session?.media.path ?? '');
  const [error, setError] = useState(() => store.getState().failedOpening?.error ?? null);
  const close = (): void => store.setState({ dialog: null, failedOpening: null });
  const address = path.trim();
  const isAddress = isClipAddress(address);
  const unknownScheme = unknownSchemeOf(address);
  // What such a protocol leads to has no end that could be waited for.
  const isStream = isStreamAddress(address);
  const fetchIt: Opening = () => openClip(address);
  const watch: Opening = () => watchLive(client, tabs, address);
  const go = (open: Opening): void => {
    setError(null);
    void open().then((failure) => (failure ? setError(failure.message) : close()));
  };
  const send = (file: File): void => {
    close();
    void attempt(sendFile(client, file).then(tabs.opened));
  };
  return (
    <Dialog title={text.open} isWide onClose={close}>
      <Recents most={4} onOpened={close} />
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          go(isStream ? watch : fetchIt);
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
            onChange={(event) => {
              setPath(event.target.value);
              setError(null);
            }}
          />
        </label>
        {(error !== null || unknownScheme !== null) && (
          <p className={styles.error} role="alert">
            {error ?? text.unknownScheme(unknownScheme!)}
          </p>
        )}
        <FileBrowser isBusy={isOpening} onOpen={(chosen) => go(() => openClip(chosen))} onSend={send} />
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
          {isAddress && (
            <Button
              disabled={isOpening}
              title={isStream ? text.fetchTitle : text.watchTitle}
              onClick={() => go(isStream ? fetchIt : watch)}
            >
              {isStream ? text.fetch : text.watch}
            </Button>
          )}
          <Button type="submit" variant="primary" disabled={address === '' || isOpening || unknownScheme !== null}>
            {isOpening ? text.opening : isStream ? text.watch : isAddress ? text.fetch : text.openAction}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
