/** The colours objects are given, and any other. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { objectColors } from '../../../shared/object-colors.ts';
import { cx } from '../../ui/cx.ts';
import styles from './objects.module.css';
import { objectText as text } from './strings.ts';

interface ColorPickerProps {
  name: string;
  color: string;
  onChoose: (color: string) => void;
  onClose: () => void;
}

export const ColorPicker = ({ name, color, onChoose, onClose }: ColorPickerProps) => {
  const ref = useRef<HTMLDivElement>(null);
  // The list would cut it off, so it is placed on the page.
  useLayoutEffect(() => {
    const picker = ref.current;
    const row = picker?.parentElement?.getBoundingClientRect();
    if (!picker || !row) return;
    const { height } = picker.getBoundingClientRect();
    picker.style.left = `${row.left + 4}px`;
    picker.style.top = `${Math.min(row.bottom, window.innerHeight - height - 8)}px`;
  }, []);

  useEffect(() => {
    const picker = ref.current;
    (picker?.querySelector<HTMLElement>('[aria-pressed=true]') ?? picker?.querySelector<HTMLElement>('button'))?.focus();
    const onPress = (event: PointerEvent): void => {
      if (!picker?.parentElement?.contains(event.target as Node)) onClose();
    };
    window.addEventListener('pointerdown', onPress, true);
    return () => window.removeEventListener('pointerdown', onPress, true);
  }, [onClose]);

  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const controls = [...(ref.current?.querySelectorAll<HTMLElement>('button, input') ?? [])];
    const index = controls.indexOf(document.activeElement as HTMLElement);
    const by = { ArrowRight: 1, ArrowDown: 5, ArrowLeft: -1, ArrowUp: -5 }[event.key];
    if (event.key === 'Escape') onClose();
    else if (by !== undefined) controls[Math.min(controls.length - 1, Math.max(0, index + by))]?.focus();
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be placed over the list
    <div ref={ref} className={styles.picker} role="group" aria-label={text.colour(name)} onKeyDown={onKeyDown}>
      {objectColors.map((choice) => (
        <button
          key={choice}
          type="button"
          aria-label={choice}
          aria-pressed={choice === color}
          className={cx(styles.choice, choice === color && styles.chosenColor)}
          onClick={() => {
            onChoose(choice);
            onClose();
          }}
        >
          <svg width={16} height={16} viewBox="0 0 10 10" aria-hidden="true">
            <circle cx={5} cy={5} r={5} fill={choice} />
          </svg>
        </button>
      ))}
      <label className={styles.own}>
        {text.ownColour}
        <input type="color" defaultValue={color} onBlur={(event) => event.target.value !== color && onChoose(event.target.value)} />
      </label>
    </div>
  );
};
