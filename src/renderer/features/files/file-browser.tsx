/** The folders of the machine that runs the app, for a window that has no dialog of the system's. */

import { ArrowUp, Clapperboard, Film, Folder, Image, Upload } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { type FileEntry, type FolderListing, mostListed } from '../../../shared/files.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { formatCount } from '../../../shared/language.ts';
import { useApp } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/form-error.tsx';
import styles from './files.module.css';
import { moveInGrid } from './move-in-grid.ts';
import { searchEntries } from './search-entries.ts';
import { filesText as text } from './strings.ts';
import { useThumbnail } from './use-thumbnail.ts';

interface FileBrowserProps {
  isBusy: boolean;
  /** A clip or project was chosen. */
  onOpen: (path: string) => void;
  /** A file of the device that the window is on was chosen. */
  onSend: (file: File) => void;
}

const icons = { folder: Folder, project: Clapperboard, video: Film, picture: Image } as const;

/** Cards of the first row. */
const columnsOf = (cards: readonly HTMLElement[]): number => cards.filter((card) => card.offsetTop === cards[0]?.offsetTop).length;

export const FileBrowser = ({ isBusy, onOpen, onSend }: FileBrowserProps) => {
  const { client } = useApp();
  const [folder, setFolder] = useState<string | null>(null);
  const [listing, setListing] = useState<FolderListing | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [query, setQuery] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const chosen = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let isWanted = true;
    client.call('files.list', { folder }).then(
      (answer) => {
        if (!isWanted) return;
        setListing(answer);
        setError(null);
      },
      (failure: unknown) => isWanted && setError(AppError.from(failure).message),
    );
    return () => {
      isWanted = false;
    };
  }, [client, folder]);

  const goTo = (path: string | null): void => {
    setQuery('');
    setListing(null);
    setFolder(path);
  };
  const goUp = (): void => goTo(listing?.parent ?? null);
  const cards = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Backspace' && folder !== null) {
      event.preventDefault();
      goUp();
      return;
    }
    const all = cards();
    const next = moveInGrid(event.key, all.indexOf(document.activeElement as HTMLElement), all.length, columnsOf(all));
    if (next === null) return;
    event.preventDefault();
    all[next]?.focus();
  };
  const shown = searchEntries(listing?.entries ?? [], query);
  return (
    <section className={styles.browser} aria-label={text.label}>
      <div className={styles.bar}>
        <Button isIcon size="small" label={text.up} disabled={folder === null} onClick={goUp}>
          <ArrowUp size={14} />
        </Button>
        <span className={styles.folder} title={folder ?? undefined} dir="ltr">
          {folder ?? text.start}
        </span>
        <input
          type="search"
          className={styles.search}
          aria-label={text.search}
          placeholder={text.search}
          spellCheck={false}
          autoComplete="off"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
            // Enter would send the form that the path is typed in.
            event.preventDefault();
            cards()[0]?.focus();
          }}
        />
        <Button size="small" disabled={isBusy} onClick={() => chosen.current?.click()}>
          <Upload size={14} /> {text.send}
        </Button>
        <input
          ref={chosen}
          type="file"
          hidden
          accept="video/*,image/*,.mkv,.ts,.mts"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) onSend(file);
          }}
        />
      </div>
      <FormError text={error} className={styles.error} />
      <ul ref={list} className={styles.cards} onKeyDown={onKeyDown}>
        {shown.map((entry) => (
          <Card
            key={entry.path}
            entry={entry}
            isBusy={isBusy}
            onClick={() => (entry.kind === 'folder' ? goTo(entry.path) : onOpen(entry.path))}
          />
        ))}
      </ul>
      <p className={styles.note} role="status">
        {listing === null
          ? error === null && text.loading
          : shown.length === 0
            ? query === ''
              ? text.none
              : text.noMatch(query)
            : listing.isCut
              ? text.cut(formatCount(mostListed))
              : text.found(formatCount(shown.length))}
      </p>
    </section>
  );
};

const Card = ({ entry, isBusy, onClick }: { entry: FileEntry; isBusy: boolean; onClick: () => void }) => {
  const [card, picture] = useThumbnail(entry);
  const Icon = icons[entry.kind];
  return (
    <li ref={card}>
      <button type="button" className={styles.card} title={entry.path} disabled={isBusy} onClick={onClick}>
        <span className={styles.picture}>{picture ? <img src={picture} alt="" /> : <Icon size={22} aria-hidden="true" />}</span>
        <span className={styles.name} dir="auto">
          {entry.name}
        </span>
        <span className={styles.kind}>
          {text.kinds[entry.kind]}
          {entry.bytes > 0 && ` · ${formatBytes(entry.bytes)}`}
        </span>
      </button>
    </li>
  );
};
