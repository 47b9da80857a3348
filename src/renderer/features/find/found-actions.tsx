/** What is done to the found objects that are selected: each is one step of the history, however many they are. */
import { Check, Merge, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { selectedObjects } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import styles from './find.module.css';
import { findText as text } from './strings.ts';

export const FoundActions = () => {
  const { callSession, attempt } = useApp();
  const session = useAppState((s) => s.session);
  const selectedId = useAppState((s) => s.selectedId);
  const alsoSelected = useAppState((s) => s.alsoSelected);
  const [isRenaming, setIsRenaming] = useState(false);
  const chosen = selectedObjects({ session, selectedId, alsoSelected }).filter(({ found }) => found);
  const [first, ...others] = chosen.map(({ id }) => id);
  if (first === undefined) return null;
  const autoIds = chosen.filter(({ found }) => found?.isAuto).map(({ id }) => id);
  const keep = (): void => void attempt(callSession('find.keep', { objectIds: autoIds }));
  const merge = (): void => void attempt(callSession('object.merge', { objectIds: [first, ...others], into: first }));
  const drop = (): void => void attempt(callSession('object.remove', { objectId: first, others }));
  const rename = async (name: string): Promise<void> => {
    setIsRenaming(false);
    if (name.trim() !== '') await attempt(callSession('find.rename', { objectIds: [first, ...others], name: name.trim() }));
  };
  return (
    <div className={styles.actions}>
      <p className={styles.note}>{text.selected(chosen.length)}</p>
      <div className={styles.line}>
        <Button size="small" title={text.keepTitle} disabled={autoIds.length === 0} onClick={keep}>
          <Check size={13} /> {text.keep}
        </Button>
        <Button size="small" isPressed={isRenaming} onClick={() => setIsRenaming(!isRenaming)}>
          <Pencil size={13} /> {text.rename}
        </Button>
        <Button size="small" disabled={others.length === 0} onClick={merge}>
          <Merge size={13} /> {text.merge}
        </Button>
        <Button size="small" variant="danger" onClick={drop}>
          <Trash2 size={13} /> {text.drop}
        </Button>
      </div>
      {isRenaming && <NameField onDone={rename} onCancel={() => setIsRenaming(false)} />}
    </div>
  );
};

const NameField = ({ onDone, onCancel }: { onDone: (name: string) => void; onCancel: () => void }) => (
  <input
    type="text"
    className={styles.rename}
    aria-label={text.newName}
    placeholder={text.newNameHint}
    maxLength={190}
    // biome-ignore lint/a11y/noAutofocus: it appears where the user has just pressed "Rename"
    autoFocus
    onKeyDown={(event) => {
      event.stopPropagation();
      if (event.key === 'Enter') onDone(event.currentTarget.value);
      if (event.key === 'Escape') onCancel();
    }}
  />
);
