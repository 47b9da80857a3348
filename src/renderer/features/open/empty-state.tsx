/** What the window shows before a clip is open. */
import { Camera, Clapperboard, FolderOpen } from 'lucide-react';
import { useAppState } from '../../app/app-context.ts';
import { CommandButton } from '../../ui/button.tsx';
import styles from './open.module.css';
import { Recents } from './recents.tsx';
import { openText as text } from './strings.ts';

export const EmptyState = () => {
  const isOpening = useAppState((s) => s.isOpening);
  const engine = useAppState((s) => (s.link === 'open' ? s.host?.engine.state : undefined));
  const loading = useAppState((s) => s.host?.models.loading?.name ?? null);
  const isReady = engine === 'ready';
  const isConnected = useAppState((s) => s.host !== null);
  const waiting = loading === null ? text.starting : text.loading(loading);
  if (!isConnected) return <div className={styles.empty} aria-busy="true" />;
  return (
    <div className={styles.empty}>
      <Clapperboard size={40} strokeWidth={1.25} className={styles.emptyIcon} />
      <h2 className={styles.emptyTitle}>{text.title}</h2>
      <p className={styles.emptyText}>{text.what}</p>
      <div className={styles.emptyActions}>
        <CommandButton command="clip.open" variant="primary" size="large" disabled={isOpening || !isReady}>
          <FolderOpen size={16} /> {text.open}
        </CommandButton>
        <CommandButton command="clip.openSample" size="large" disabled={isOpening || !isReady}>
          {text.sample}
        </CommandButton>
        <CommandButton command="camera.open" size="large" disabled={isOpening || !isReady}>
          <Camera size={16} /> {text.camera}
        </CommandButton>
      </div>
      <p className={styles.emptyNote}>{isOpening ? text.opening : engine === 'starting' ? waiting : text.dropHere}</p>
      <Recents most={8} />
    </div>
  );
};
