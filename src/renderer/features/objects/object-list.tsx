/** The objects of the clip: pick, name, hide, delete, and see how far each is. */
import { Eye, EyeOff, Plus, Trash2, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { TrackedObject } from '../../../shared/contract.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { objectsOf, promptCount, trackedFrames } from '../../state/window-state.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { plural } from '../../ui/format.ts';
import styles from './object-list.module.css';

export const ObjectList = () => {
  const objects = useAppState(objectsOf);
  const frameCount = useAppState((s) => s.host?.session?.media.frameCount ?? 0);
  const selectedId = useAppState((s) => s.selectedId);
  return (
    <section className={styles.panel} aria-label="Objects">
      <header className={styles.header}>
        <h2 className={styles.title}>
          Objects <span className={styles.count}>{objects.length > 0 ? objects.length : ''}</span>
        </h2>
        <CommandButton command="object.add" variant="ghost" size="small">
          <Plus size={14} /> New
        </CommandButton>
      </header>
      {objects.length === 0 ? (
        <p className={styles.empty}>Click something in the picture: it becomes the first object.</p>
      ) : (
        <ul className={styles.list}>
          {objects.map((object, index) => (
            <ObjectRow key={object.id} object={object} index={index} frameCount={frameCount} isSelected={object.id === selectedId} />
          ))}
        </ul>
      )}
      {objects.length > 0 && (
        <p className={styles.selection}>
          {selectedId === null
            ? 'None is selected: the next click starts a new object.'
            : 'Clicks in the picture refine the selected object.'}
          {selectedId !== null && (
            <CommandButton command="object.finish" variant="ghost" size="small">
              <X size={13} /> Finish
            </CommandButton>
          )}
        </p>
      )}
    </section>
  );
};

interface ObjectRowProps {
  object: TrackedObject;
  index: number;
  frameCount: number;
  isSelected: boolean;
}

const ObjectRow = ({ object, index, frameCount, isSelected }: ObjectRowProps) => {
  const { store, client } = useApp();
  const isRenaming = useAppState((s) => s.renamingId === object.id);
  const isTracking = useAppState((s) => s.host?.operations.some((o) => o.kind === 'track' && o.state === 'running') ?? false);
  const frames = trackedFrames(object);
  const call = (work: Promise<unknown>): void => void work.catch((error: unknown) => reportError(store, error));
  const select = (): void => store.setState({ selectedId: object.id });
  return (
    <li className={cx(styles.row, isSelected && styles.selected, !object.visible && styles.hidden)}>
      <svg className={styles.swatch} viewBox="0 0 10 10" aria-hidden="true">
        <circle cx={5} cy={5} r={5} fill={object.color} />
      </svg>
      {isRenaming ? (
        <RenameField
          name={object.name}
          onDone={(name) => {
            store.setState({ renamingId: null });
            if (name !== null && name !== object.name) call(client.call('object.update', { objectId: object.id, name }));
          }}
        />
      ) : (
        <button
          type="button"
          className={styles.name}
          aria-pressed={isSelected}
          title="Select; double-click to rename"
          onClick={select}
          onDoubleClick={() => store.setState({ selectedId: object.id, renamingId: object.id })}
        >
          <span className={styles.nameText}>{object.name}</span>
          <span className={styles.state}>{stateOf(object, frames, frameCount)}</span>
        </button>
      )}
      {index < 9 && !isRenaming && <kbd className={styles.key}>{index + 1}</kbd>}
      <Button
        variant="ghost"
        size="small"
        isIcon
        label={object.visible ? `Hide ${object.name}` : `Show ${object.name}`}
        onClick={() => call(client.call('object.update', { objectId: object.id, visible: !object.visible }))}
      >
        {object.visible ? <Eye size={14} /> : <EyeOff size={14} />}
      </Button>
      <Button
        variant="ghost"
        size="small"
        isIcon
        label={`Delete ${object.name}`}
        disabled={isTracking}
        onClick={() => call(client.call('object.remove', { objectId: object.id }))}
      >
        <Trash2 size={14} />
      </Button>
    </li>
  );
};

const stateOf = (object: TrackedObject, frames: number, frameCount: number): string => {
  const prompts = plural(promptCount(object), 'prompt');
  if (object.prompts.length === 0 && frames === 0) return 'Click it in the picture';
  if (frames >= frameCount) return `All frames · ${prompts}`;
  return frames <= object.prompts.length ? `Not tracked · ${prompts}` : `${frames.toLocaleString('en')} frames · ${prompts}`;
};

const RenameField = ({ name, onDone }: { name: string; onDone: (name: string | null) => void }) => {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => ref.current?.select(), []);
  return (
    <input
      ref={ref}
      type="text"
      className={styles.rename}
      aria-label="Object name"
      defaultValue={name}
      maxLength={200}
      onBlur={(event) => onDone(event.target.value.trim() || null)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') onDone(event.currentTarget.value.trim() || null);
        if (event.key === 'Escape') onDone(null);
      }}
    />
  );
};
