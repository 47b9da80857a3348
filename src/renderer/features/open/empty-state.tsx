/** What the window shows before a clip is open. */
import { Clapperboard, FolderOpen } from 'lucide-react';
import { useAppState } from '../../app/app-context.ts';
import { CommandButton } from '../../ui/button.tsx';
import styles from './open.module.css';

export const EmptyState = () => {
  const isOpening = useAppState((s) => s.isOpening);
  const engine = useAppState((s) => (s.link === 'open' ? s.host?.engine.state : undefined));
  const isReady = engine === 'ready';
  const isConnected = useAppState((s) => s.host !== null);
  if (!isConnected) return <div className={styles.empty} aria-busy="true" />;
  return (
    <div className={styles.empty}>
      <Clapperboard size={40} strokeWidth={1.25} className={styles.emptyIcon} />
      <h2 className={styles.emptyTitle}>Track anything in a video</h2>
      <p className={styles.emptyText}>Click an object once; it is followed through the clip, on this machine.</p>
      <div className={styles.emptyActions}>
        <CommandButton command="clip.open" variant="primary" size="large" disabled={isOpening || !isReady}>
          <FolderOpen size={16} /> Open a clip
        </CommandButton>
        <CommandButton command="clip.openSample" size="large" disabled={isOpening || !isReady}>
          Open the sample clip
        </CommandButton>
      </div>
      <p className={styles.emptyNote}>{isOpening ? 'Opening…' : engine === 'starting' ? 'The engine is starting…' : ''}</p>
    </div>
  );
};
