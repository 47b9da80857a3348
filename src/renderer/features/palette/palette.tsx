/** The command palette: type a few letters, Enter gives the command. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { type CommandId, commands } from '../../../shared/commands.ts';
import { shortcutOf } from '../../../shared/keymap.ts';
import { isMac, useApp, useAppState } from '../../app/app-context.ts';
import { setPreference } from '../../state/remember-preferences.ts';
import { commandContext } from '../../state/window-state.ts';
import { cx } from '../../ui/cx.ts';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './palette.module.css';
import { searchCommands } from './search-commands.ts';
import { paletteText } from './strings.ts';

export const Palette = () => {
  const { store, run } = useApp();
  const { keys, recentCommands } = useAppState((s) => s.prefs);
  const [query, setQuery] = useState('');
  const [index, setIndex] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const context = commandContext(store.getState());
  const found = searchCommands(query, recentCommands);
  const close = (): void => store.setState({ dialog: null });

  const choose = (id: CommandId | undefined): void => {
    if (!id || !commands[id].enabled(context)) return;
    close();
    setPreference(store, { recentCommands: [id, ...recentCommands.filter((recent) => recent !== id)].slice(0, 8) });
    run(id);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the row in question follows the index
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [index, query]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setIndex((index + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setIndex((index - 1 + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') choose(found[index]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title={paletteText.title} isBare onClose={close}>
      <input
        type="text"
        className={styles.query}
        role="combobox"
        aria-label={paletteText.query}
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[index] ? `${listId}-${found[index]}` : undefined}
        placeholder={paletteText.placeholder}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setIndex(0);
        }}
      />
      <div ref={list} id={listId} className={styles.list} role="listbox" aria-label={paletteText.list} tabIndex={-1}>
        {found.map((id, row) => (
          <div
            key={id}
            id={`${listId}-${id}`}
            role="option"
            tabIndex={-1}
            aria-selected={row === index}
            aria-disabled={!commands[id].enabled(context)}
            className={cx(styles.row, row === index && styles.chosen, !commands[id].enabled(context) && styles.disabled)}
            onPointerMove={() => setIndex(row)}
            onKeyDown={() => {}}
            onClick={() => choose(id)}
          >
            <span>{commands[id].label}</span>
            <span className={styles.group}>{commands[id].group}</span>
            <kbd className={styles.keys}>{shortcutOf(id, isMac(), keys)}</kbd>
          </div>
        ))}
        {found.length === 0 && <p className={styles.none}>{paletteText.none}</p>}
      </div>
    </Dialog>
  );
};
