/**
 * The clips that the app fetched or recorded: what they take, who uses them, and the removal of those that nobody does.
 */
import { useCallback, useEffect, useState } from 'react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { ImportedClip } from '../../../shared/imports.ts';
import { useApp } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { Button } from '../../ui/button.tsx';
import styles from './settings.module.css';
import { storageText as text } from './strings.ts';

const bytesOf = (clips: readonly ImportedClip[]): number => clips.reduce((sum, { bytes }) => sum + bytes, 0);
const isUnused = ({ isOpen, usedBy }: ImportedClip): boolean => !isOpen && usedBy.length === 0;
const usersOf = ({ isOpen, usedBy }: ImportedClip): string =>
  usedBy.length > 0 ? text.usedBy(usedBy.join(', ')) : isOpen ? text.isOpen : text.unused;

export const StoragePanel = () => {
  const { client, store, openClip } = useApp();
  const [stored, setStored] = useState<{ folder: string; clips: ImportedClip[] } | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const [told, setTold] = useState('');
  const look = useCallback(() => {
    client.call('import.list', {}).then(setStored, (error: unknown) => reportError(store, error));
  }, [client, store]);
  useEffect(look, [look]);
  if (!stored) return null;
  const { folder, clips } = stored;
  const unused = clips.filter(isUnused);

  const remove = async (): Promise<void> => {
    setIsAsking(false);
    try {
      const { removed, bytes } = await client.call('import.remove', { ids: unused.map(({ id }) => id) });
      setTold(text.removed(removed, formatBytes(bytes)));
    } catch (error) {
      reportError(store, error);
    }
    look();
  };
  const open = (path: string): void => {
    store.setState({ dialog: null });
    void openClip(path).then((failure) => failure && reportError(store, failure));
  };

  return (
    <section className={styles.group} aria-label={text.title}>
      <h3 className={styles.groupTitle}>{text.title}</h3>
      <div className={styles.row}>
        <div>
          <p className={styles.label}>{text.taken(clips.length, formatBytes(bytesOf(clips)))}</p>
          <p className={styles.about}>{text.about(folder)}</p>
        </div>
        <div className={styles.control}>
          {isAsking ? (
            <>
              <Button variant="danger" size="small" onClick={() => void remove()}>
                {text.confirm(unused.length, formatBytes(bytesOf(unused)))}
              </Button>
              <Button size="small" data-autofocus onClick={() => setIsAsking(false)}>
                {text.keep}
              </Button>
            </>
          ) : (
            <Button size="small" disabled={unused.length === 0} onClick={() => setIsAsking(true)}>
              {text.removeUnused}
            </Button>
          )}
        </div>
      </div>
      <p className={styles.about} role="status">
        {told}
      </p>
      <ul className={styles.clips}>
        {clips.map((clip) => (
          <li key={clip.id} className={styles.row}>
            <div>
              <p className={styles.clipName}>{clip.name}</p>
              <p className={styles.about}>
                {formatBytes(clip.bytes)} · {text.madeAt(clip.madeAt)} · {usersOf(clip)}
              </p>
            </div>
            {!clip.isOpen && (
              <Button size="small" label={text.openLabel(clip.name)} onClick={() => open(clip.path)}>
                {text.open}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
};
