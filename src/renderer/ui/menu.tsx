/** A menu that pops up at a place: by pointer or keyboard, closed by Esc, a choice or a press outside. */
import { Check } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { cx } from './cx.ts';
import styles from './menu.module.css';

export interface MenuItem {
  id: string;
  label: string;
  /** Shown on the right, e.g. "Ctrl+E". */
  keys?: string | null;
  isDisabled?: boolean;
  isChecked?: boolean | undefined;
  isDanger?: boolean;
  /** A dot of this colour before the label. */
  color?: string;
  onSelect: () => void;
}

export interface MenuProps {
  label: string;
  items: readonly (MenuItem | 'separator')[];
  /** Page coordinates of its top left corner; it is moved to stay on the page. */
  at: { x: number; y: number };
  onClose: () => void;
  /** Left and right in a menu bar go to the neighbours. */
  onSide?: (by: 1 | -1) => void;
}

const keyOf = (item: MenuItem | 'separator' | undefined): string => (typeof item === 'object' ? item.id : 'start');

export const Menu = ({ label, items, at, onClose, onSide }: MenuProps) => {
  const ref = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(at.x, window.innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(at.y, window.innerHeight - height - 4))}px`;
  }, [at.x, at.y]);

  useEffect(() => {
    const before = document.activeElement;
    const menu = ref.current;
    (menu?.querySelector<HTMLElement>('[role^=menuitem]:not([aria-disabled=true])') ?? menu)?.focus();
    return () => {
      // A choice may have put the focus elsewhere, which is then meant.
      if (menu?.contains(document.activeElement) || document.activeElement === document.body)
        if (before instanceof HTMLElement && before.isConnected && before.role !== 'menuitem')
          // Back in the menu bar, plain keys would be the menus' own.
          before.focus();
    };
  }, []);

  useEffect(() => {
    const onPress = (event: PointerEvent): void => {
      if (!ref.current?.contains(event.target as Node)) onClose();
    };
    window.addEventListener('pointerdown', onPress, true);
    window.addEventListener('blur', onClose);
    return () => {
      window.removeEventListener('pointerdown', onPress, true);
      window.removeEventListener('blur', onClose);
    };
  }, [onClose]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(ref.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
    const index = entries.indexOf(document.activeElement as HTMLElement);
    const go = (to: number): void => entries[(to + entries.length) % entries.length]?.focus();
    event.stopPropagation();
    if (event.key === 'ArrowDown') go(index + 1);
    else if (event.key === 'ArrowUp') go(index < 0 ? entries.length - 1 : index - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(entries.length - 1);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (event.key === 'ArrowRight') onSide?.(1);
    else if (event.key === 'ArrowLeft') onSide?.(-1);
    else if (event.key === 'Enter' || event.key === ' ') entries[index]?.click();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const after = [...entries.slice(index + 1), ...entries.slice(0, index + 1)];
      after.find((entry) => entry.textContent?.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    } else return;
    event.preventDefault();
  };

  return (
    <div ref={ref} className={styles.menu} role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {items.map((item, index) =>
        item === 'separator' ? (
          <hr key={`after ${keyOf(items[index - 1])}`} className={styles.separator} />
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: its role is chosen by what it is
          // biome-ignore lint/a11y/useAriaPropsSupportedByRole: only a checkbox of the menu is checked
          <div
            key={item.id}
            role={item.isChecked === undefined ? 'menuitem' : 'menuitemcheckbox'}
            aria-checked={item.isChecked}
            aria-disabled={item.isDisabled ?? false}
            tabIndex={-1}
            className={cx(styles.item, item.isDisabled && styles.disabled, item.isDanger && styles.danger)}
            onPointerMove={(event) => event.currentTarget.focus()}
            onKeyDown={() => {}}
            onClick={() => {
              if (item.isDisabled) return;
              onClose();
              item.onSelect();
            }}
          >
            <span className={styles.mark}>
              {item.isChecked && <Check size={13} aria-hidden="true" />}
              {item.color && (
                <svg width={10} height={10} aria-hidden="true">
                  <circle cx={5} cy={5} r={5} fill={item.color} />
                </svg>
              )}
            </span>
            <span className={styles.label}>{item.label}</span>
            {item.keys && <kbd className={styles.keys}>{item.keys}</kbd>}
          </div>
        ),
      )}
    </div>
  );
};
