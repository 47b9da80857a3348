/** The menu bar of the served window; on the desktop the system draws the same menus. */
import { type KeyboardEvent, useRef, useState } from 'react';
import { type CommandId, commands } from '../../../shared/commands.ts';
import type { Session } from '../../../shared/contract/state.ts';
import { shortcutOf } from '../../../shared/keymap.ts';
import { menus } from '../../../shared/menus.ts';
import { isMac, useApp } from '../../app/app-context.ts';
import { appText } from '../../app/strings.ts';
import { checkedOf } from '../../state/command-state.ts';
import { commandContext } from '../../state/window-state.ts';
import { cx } from '../../ui/cx.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import styles from './menu-bar.module.css';

export const MenuBar = () => {
  const bar = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<number | null>(null);
  const [current, setCurrent] = useState(0);
  const buttons = (): HTMLElement[] => [...(bar.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];

  const go = (to: number): void => {
    const next = (to + menus.length) % menus.length;
    setCurrent(next);
    buttons()[next]?.focus();
    if (open !== null) setOpen(next);
  };

  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    if (event.key === 'ArrowRight') go(index + 1);
    else if (event.key === 'ArrowLeft') go(index - 1);
    else if (event.key === 'ArrowDown' || event.key === 'Enter' || event.key === ' ') setOpen(index);
    else if (event.key === 'Escape') buttons()[index]?.blur();
    else return;
    event.preventDefault();
  };

  return (
    <div ref={bar} className={styles.bar} role="menubar" aria-label={appText.menuBar}>
      {menus.map(({ label }, index) => (
        <button
          key={label}
          type="button"
          role="menuitem"
          aria-haspopup="menu"
          aria-expanded={open === index}
          tabIndex={index === current ? 0 : -1}
          className={cx(styles.button, open === index && styles.open)}
          onKeyDown={(event) => onKeyDown(event, index)}
          onPointerDown={(event) => {
            event.preventDefault();
            setCurrent(index);
            setOpen(open === index ? null : index);
          }}
          onPointerEnter={() => open !== null && setOpen(index)}
          // A press by a screen reader comes as a click without a pointer.
          onClick={(event) => event.detail === 0 && setOpen(index)}
        >
          {label}
        </button>
      ))}
      {open !== null && (
        <OpenMenu key={open} index={open} anchor={buttons()[open]} onClose={() => setOpen(null)} onSide={(by) => go(open + by)} />
      )}
    </div>
  );
};

/** Undo and redo say what they would undo and redo. */
const stepLabel = (id: CommandId, history: Session['history'] | undefined): string => {
  const step = id === 'edit.undo' ? history?.undo : id === 'edit.redo' ? history?.redo : null;
  return step ? `${commands[id].label}: ${step}` : commands[id].label;
};

interface OpenMenuProps {
  index: number;
  anchor: HTMLElement | undefined;
  onClose: () => void;
  onSide: (by: 1 | -1) => void;
}

const OpenMenu = ({ index, anchor, onClose, onSide }: OpenMenuProps) => {
  const { store, run } = useApp();
  const { label, items } = menus[index]!;
  const state = store.getState();
  const context = commandContext(state);
  const entry = (id: CommandId): MenuItem => ({
    id,
    label: stepLabel(id, state.session?.history),
    keys: shortcutOf(id, isMac(), state.prefs.keys),
    isDisabled: !commands[id].enabled(context),
    isChecked: checkedOf(state, id),
    onSelect: () => run(id),
  });
  const box = anchor?.getBoundingClientRect();
  return (
    <Menu
      label={label}
      items={items.map((item) => (item === 'separator' ? item : entry(item)))}
      at={{ x: box?.left ?? 0, y: (box?.bottom ?? 0) + 2 }}
      onClose={onClose}
      onSide={onSide}
    />
  );
};
