/** Projects that were open, each with its picture; one click goes on where it was left. */
import { FileQuestion, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useShallow } from 'zustand/shallow';
import { AppError } from '../../../shared/errors.ts';
import type { Recent } from '../../../shared/project.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/form-error.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import styles from './open.module.css';
import { openText as text } from './strings.ts';

const none: readonly Recent[] = [];
const noPaths: readonly string[] = [];

interface RecentsProps {
  most: number;
  /** One was opened. */
  onOpened?: () => void;
}

/** The projects that are in no tab. Of a clip that is open, the project opened last is the one in its tab. */
const notOpen = (all: readonly Recent[], open: readonly string[]): Recent[] => {
  const inTabs = [...open];
  return all.filter(({ source }) => {
    const tab = inTabs.indexOf(source);
    if (tab >= 0) inTabs.splice(tab, 1);
    return tab < 0;
  });
};

export const Recents = ({ most, onOpened = () => {} }: RecentsProps) => {
  const all = useAppState((s) => s.host?.recents ?? none);
  const open = useAppState(useShallow((s) => s.host?.sessions.map(({ path }) => path) ?? noPaths));
  const recents = notOpen(all, open);
  if (recents.length === 0) return null;
  return (
    <section className={styles.recents} aria-label={text.recents}>
      <h3 className={styles.recentsTitle}>{text.recents}</h3>
      <ul className={styles.recentList}>
        {recents.slice(0, most).map((recent) => (
          <RecentCard key={recent.path} recent={recent} onOpened={onOpened} />
        ))}
      </ul>
    </section>
  );
};

const RecentCard = ({ recent, onOpened }: { recent: Recent; onOpened: () => void }) => {
  const { client, store, tabs, attempt } = useApp();
  const isReady = useAppState((s) => s.link === 'open' && s.host?.engine.state === 'ready' && !s.isOpening);
  const [picture, setPicture] = useState<string | null>(null);
  const [isLost, setIsLost] = useState(false);

  useEffect(() => {
    let isWanted = true;
    // Without its picture the card still has its name.
    client.call('project.thumbnail', { path: recent.path }).then(
      ({ url }) => isWanted && setPicture(url),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [client, recent.path]);

  const open = async (): Promise<void> => {
    store.setState({ isOpening: true });
    try {
      tabs.opened(await client.call('project.open', { path: recent.path }));
      onOpened();
    } catch (failure) {
      const { code } = AppError.from(failure);
      if (code === 'source-missing') setIsLost(true);
      else if (code !== 'cancelled') reportError(store, failure);
    } finally {
      store.setState({ isOpening: false });
    }
  };

  return (
    <li className={styles.recent}>
      <button type="button" className={styles.recentOpen} title={recent.source} disabled={!isReady} onClick={() => void open()}>
        <span className={styles.recentPicture}>
          {picture ? <img src={picture} alt="" /> : recent.missing && <FileQuestion size={22} aria-hidden="true" />}
        </span>
        <span className={styles.recentName} dir="auto">
          {recent.name}
        </span>
        <span className={styles.recentWhen}>
          {recent.missing ? text.missing : recent.workedAt ? text.workedAt(recent.workedAt) : text.openedAt(recent.openedAt)}
        </span>
      </button>
      <Button
        size="small"
        isIcon
        className={styles.forget}
        label={text.forget(recent.name)}
        onClick={() => void attempt(client.call('project.forget', { path: recent.path }))}
      >
        <X size={12} />
      </Button>
      {isLost && <Relink recent={recent} onDone={() => setIsLost(false)} onOpened={onOpened} />}
    </li>
  );
};

/** Asks where the clip of a project is now. */
const Relink = ({ recent, onDone, onOpened }: { recent: Recent; onDone: () => void; onOpened: () => void }) => {
  const { client, desktop, tabs } = useApp();
  const [path, setPath] = useState(recent.source);
  const { error, onSubmit } = useSubmit(async () => {
    const opened = await client.call('project.relink', { project: recent.path, path: path.trim() });
    onDone();
    tabs.opened(opened);
    onOpened();
  });
  return (
    <form className={styles.relink} onSubmit={onSubmit}>
      <label className={styles.label}>
        {text.relink}
        <input type="text" className={styles.input} value={path} spellCheck={false} onChange={(event) => setPath(event.target.value)} />
      </label>
      <FormError text={error} className={styles.error} />
      <div className={styles.actions}>
        {desktop && (
          <Button size="small" onClick={() => void desktop.openFile().then((chosen) => chosen !== null && setPath(chosen))}>
            {text.choose}
          </Button>
        )}
        <Button size="small" variant="ghost" onClick={onDone}>
          {text.cancel}
        </Button>
        <Button size="small" variant="primary" type="submit">
          {text.relinkAction}
        </Button>
      </div>
    </form>
  );
};
