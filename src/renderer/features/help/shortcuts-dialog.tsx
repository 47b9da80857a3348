/** The cheat-sheet, made from the command table; a click on a key changes it. */
import { Printer, RotateCcw } from 'lucide-react';
import { Fragment, useState } from 'react';
import { chordOf, displayChord, isModifierKey } from '../../../shared/chords.ts';
import { type CommandSpec, commandGroups } from '../../../shared/command-spec.ts';
import { type CommandId, commandIds, commands } from '../../../shared/commands.ts';
import { type KeyOverrides, keysOf, ownersOf, withBinding, withoutBinding } from '../../../shared/keymap.ts';
import { isMac, useApp, useAppState } from '../../app/app-context.ts';
import { setPreference } from '../../state/remember-preferences.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import styles from './help.module.css';
import { helpText as text } from './strings.ts';

const isFound = (id: CommandId, keys: readonly string[], query: string): boolean =>
  query === '' || `${commands[id].label} ${keys.map((key) => displayChord(key, isMac())).join(' ')}`.toLowerCase().includes(query);

export const ShortcutsDialog = () => {
  const { store } = useApp();
  const overrides = useAppState((s) => s.prefs.keys);
  const [query, setQuery] = useState('');
  const [changing, setChanging] = useState<CommandId | null>(null);
  const [told, setTold] = useState('');
  const set = (keys: KeyOverrides): void => setPreference(store, { keys });
  const wanted = query.trim().toLowerCase();

  const bind = (id: CommandId, chord: string): void => {
    const owners = ownersOf(chord, overrides, id).map((owner) => commands[owner].label);
    setTold(owners.length > 0 ? text.taken(owners.join(', ')) : '');
    set(withBinding(overrides, id, chord));
    setChanging(null);
  };

  return (
    <Dialog title={text.title} isSheet onClose={() => store.setState({ dialog: null })}>
      <div className={styles.head}>
        <SearchField label={text.search} value={query} onChange={setQuery} />
        <Button disabled={Object.keys(overrides).length === 0} onClick={() => set({})}>
          <RotateCcw size={14} /> {text.resetAll}
        </Button>
        <Button onClick={() => window.print()}>
          <Printer size={14} /> {text.print}
        </Button>
      </div>
      <p className={styles.told} role="status">
        {told || text.how}
      </p>
      <div className={styles.sheet}>
        {commandGroups.map((group) => {
          const rows = commandIds.filter((id) => commands[id].group === group && isFound(id, keysOf(id, overrides), wanted));
          if (rows.length === 0) return null;
          return (
            <section key={group} className={styles.group}>
              <h3 className={styles.groupTitle}>{group}</h3>
              <ul>
                {rows.map((id) => (
                  <KeyRow
                    key={id}
                    id={id}
                    keys={keysOf(id, overrides)}
                    isChanged={Object.hasOwn(overrides, id)}
                    isChanging={changing === id}
                    onChange={() => setChanging(id)}
                    onBind={(chord) => bind(id, chord)}
                    onLeave={() => setChanging(null)}
                    onReset={() => set(withoutBinding(overrides, id))}
                  />
                ))}
              </ul>
            </section>
          );
        })}
        {wanted === '' && <MouseRows />}
      </div>
    </Dialog>
  );
};

interface KeyRowProps {
  id: CommandId;
  keys: readonly string[];
  isChanged: boolean;
  isChanging: boolean;
  onChange: () => void;
  onBind: (chord: string) => void;
  onLeave: () => void;
  onReset: () => void;
}

const KeyRow = ({ id, keys, isChanged, isChanging, onChange, onBind, onLeave, onReset }: KeyRowProps) => {
  const { label, lastsWhileHeld }: CommandSpec = commands[id];
  // A digit says which object; there is no single key to change.
  const isFixed = id === 'object.select';
  return (
    <li className={styles.line}>
      <span>{lastsWhileHeld ? text.held(label) : label}</span>
      <span className={styles.keys}>
        {isChanged && (
          <Button variant="ghost" size="small" isIcon label={text.reset(label)} onClick={onReset}>
            <RotateCcw size={12} />
          </Button>
        )}
        <button
          type="button"
          className={styles.keyButton}
          aria-label={`${text.change(label)}: ${isChanging ? text.press : namesOf(keys).join(' ') || text.noKey}`}
          disabled={isFixed}
          onClick={onChange}
          onBlur={() => isChanging && onLeave()}
          onKeyDown={(event) => {
            if (!isChanging) return;
            event.preventDefault();
            event.stopPropagation();
            if (event.code === 'Escape') onLeave();
            else if (!isModifierKey(event.code)) onBind(chordOf(event.nativeEvent));
          }}
        >
          {isChanging ? (
            <span className={styles.press}>{text.press}</span>
          ) : keys.length === 0 ? (
            <span className={styles.noKey}>{text.noKey}</span>
          ) : (
            namesOf(keys).map((key, i) => (
              <Fragment key={key}>
                {i > 0 && ' '}
                <kbd className={styles.key}>{key}</kbd>
              </Fragment>
            ))
          )}
        </button>
      </span>
    </li>
  );
};

const MouseRows = () => (
  <section className={styles.group}>
    <h3 className={styles.groupTitle}>{text.mouse}</h3>
    <ul>
      {text.mouseRows.map(([how, what]) => (
        <li key={how} className={styles.line}>
          <span>{what}</span>
          <span className={styles.keys}>
            <kbd className={styles.key}>{how}</kbd>
          </span>
        </li>
      ))}
    </ul>
  </section>
);

/** "1 – 9" for a run of digits; otherwise each key. */
const namesOf = (keys: readonly string[]): string[] => {
  const shown = keys.filter((key) => !key.startsWith('Numpad')).map((key) => displayChord(key, isMac()));
  return shown.length > 3 ? [`${shown[0]} – ${shown.at(-1)}`] : shown;
};
