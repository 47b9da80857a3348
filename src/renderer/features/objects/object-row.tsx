/** One object: pick it, name it, colour it, hide it, protect it. */
import { EllipsisVertical, Eye, EyeOff, Focus, Lock, Trash2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { isMerging, tellIfMerging } from '../../app/merge-objects.ts';
import { objectsOf, promptCount, trackedFrames, withToggled } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { ObjectMark } from '../../ui/object-mark.tsx';
import { ColorPicker } from './color-picker.tsx';
import type { ObjectMenuPlace } from './object-menu.tsx';
import styles from './objects.module.css';
import { objectText as text } from './strings.ts';

const dragType = 'application/x-sam2-object';

interface ObjectRowProps {
  object: TrackedObject;
  index: number;
  /** Clicks refine it. */
  isSelected: boolean;
  /** Selected, it alone or beside others. */
  isChosen: boolean;
  onMenu: (place: ObjectMenuPlace) => void;
  /** Another row was dropped on this one. */
  onDrop: (draggedId: number) => void;
}

export const ObjectRow = ({ object, index, isSelected, isChosen, onMenu, onDrop }: ObjectRowProps) => {
  const { store, callSession, attempt } = useApp();
  const frameCount = useAppState((s) => s.session?.media.frameCount ?? 0);
  const isRenaming = useAppState((s) => s.renamingId === object.id);
  const isRecoloring = useAppState((s) => s.recoloringId === object.id);
  const isBusy = useAppState((s) => isMerging(s, object.id));
  const isHovered = useAppState((s) => s.hoveredId === object.id);
  const row = useRef<HTMLLIElement>(null);
  const update = (change: { name?: string; color?: string; visible?: boolean }): void =>
    void attempt(callSession('object.update', { objectId: object.id, ...change }));

  const choose = (isToggle: boolean, isRange: boolean): void => {
    const state = store.getState();
    if (isToggle) store.setState(withToggled(state, object.id));
    else if (isRange && state.selectedId !== null) {
      const ids = objectsOf(state).map(({ id }) => id);
      const [from, to] = [ids.indexOf(state.selectedId), ids.indexOf(object.id)].sort((a, b) => a - b) as [number, number];
      store.setState({ alsoSelected: ids.slice(from, to + 1).filter((id) => id !== state.selectedId) });
    } else store.setState({ selectedId: object.id, alsoSelected: [] });
  };

  useEffect(() => {
    const list = row.current?.parentElement;
    if (!isSelected || !list) return;
    // At once, and when the list has become lower.
    const observer = new ResizeObserver(() => row.current?.scrollIntoView({ block: 'nearest' }));
    observer.observe(list);
    return () => observer.disconnect();
  }, [isSelected]);

  return (
    <li
      ref={row}
      data-object={object.id}
      aria-busy={isBusy}
      className={cx(
        styles.row,
        isSelected && styles.selected,
        isChosen && !isSelected && styles.alsoSelected,
        isHovered && styles.hovered,
        !object.visible && styles.hidden,
        isBusy && styles.busy,
      )}
      draggable={!isRenaming && !isRecoloring}
      onDragStart={(event) => event.dataTransfer.setData(dragType, String(object.id))}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onDrop={(event) => {
        const dragged = Number(event.dataTransfer.getData(dragType));
        if (!dragged) return;
        event.preventDefault();
        event.stopPropagation();
        onDrop(dragged);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        // Of several that are selected, the menu is about all of them.
        if (!isChosen) store.setState({ selectedId: object.id });
        onMenu({ object, x: event.clientX, y: event.clientY });
      }}
    >
      <button
        type="button"
        className={styles.swatch}
        aria-label={text.colour(object.name)}
        title={text.colour(object.name)}
        aria-expanded={isRecoloring}
        onClick={() => store.setState({ recoloringId: isRecoloring ? null : object.id })}
      >
        <ObjectMark object={object} />
      </button>
      {isRecoloring && (
        <ColorPicker
          name={object.name}
          color={object.color}
          onChoose={(color) => update({ color })}
          onClose={() => store.setState({ recoloringId: null })}
        />
      )}
      {isRenaming ? (
        <RenameField
          name={object.name}
          onDone={(name) => {
            store.setState({ renamingId: null });
            if (name !== null && name !== object.name) update({ name });
          }}
        />
      ) : (
        <button
          type="button"
          className={styles.name}
          aria-pressed={isChosen}
          title={text.select}
          onClick={(event) => choose(event.ctrlKey || event.metaKey, event.shiftKey)}
          onDoubleClick={() => store.setState({ selectedId: object.id, renamingId: object.id })}
        >
          <span className={styles.nameText} dir="auto">
            {object.name}
          </span>
          <span className={styles.state}>{isBusy ? text.merging : stateOf(object, frameCount)}</span>
        </button>
      )}
      {object.found?.isAuto && (
        <span className={styles.auto} title={text.autoTitle}>
          {text.auto}
        </span>
      )}
      {object.solo && <Focus size={13} className={styles.badge} aria-label={text.menu.solo} />}
      {object.locked && <Lock size={13} className={styles.badge} aria-label={text.menu.lock} />}
      {index < 9 && !isRenaming && <kbd className={styles.key}>{index + 1}</kbd>}
      <Button
        variant="ghost"
        size="small"
        isIcon
        label={object.visible ? text.hide(object.name) : text.show(object.name)}
        onClick={() => update({ visible: !object.visible })}
      >
        {object.visible ? <Eye size={14} /> : <EyeOff size={14} />}
      </Button>
      <Button
        variant="ghost"
        size="small"
        isIcon
        label={text.remove(object.name)}
        onClick={() => !tellIfMerging(store, [object.id]) && void attempt(callSession('object.remove', { objectId: object.id }))}
      >
        <Trash2 size={14} />
      </Button>
      <Button
        variant="ghost"
        size="small"
        isIcon
        label={text.more(object.name)}
        aria-haspopup="menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          onMenu({ object, x: box.left, y: box.bottom });
        }}
      >
        <EllipsisVertical size={14} />
      </Button>
    </li>
  );
};

const stateOf = (object: TrackedObject, frameCount: number): string => {
  const frames = trackedFrames(object);
  const prompts = promptCount(object);
  if (object.prompts.length === 0 && frames === 0) return text.untouched;
  if (object.stale && frames > object.prompts.length) return text.stale(prompts);
  if (frames <= object.prompts.length && frames < frameCount) return text.notTracked(prompts);
  if (object.foundFrames < frames) return text.foundOn(object.foundFrames, frames, prompts);
  return frames >= frameCount ? text.allFrames(prompts) : text.someFrames(frames, prompts);
};

const RenameField = ({ name, onDone }: { name: string; onDone: (name: string | null) => void }) => {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => ref.current?.select(), []);
  return (
    <input
      ref={ref}
      type="text"
      className={styles.rename}
      aria-label={text.name}
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
