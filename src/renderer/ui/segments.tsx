/** A few choices side by side, of which one holds: radio buttons by nature. */
import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';
import { cx } from './cx.ts';
import styles from './segments.module.css';

interface Choice<T extends string> {
  value: T;
  label: string;
  title?: string;
  Icon?: LucideIcon;
  isDisabled?: boolean;
}

export interface SegmentsProps<T extends string> {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  isDisabled?: boolean;
  onChange: (value: T) => void;
}

export const Segments = <T extends string>({ label, choices, value, isDisabled = false, onChange }: SegmentsProps<T>) => {
  const name = useId();
  return (
    <fieldset className={styles.segments} disabled={isDisabled}>
      <legend className={styles.legend}>{label}</legend>
      {choices.map(({ value: choice, label: text, title, Icon, isDisabled: isOut }) => (
        <label key={choice} title={title} className={cx(styles.segment, choice === value && styles.chosen)}>
          <input
            type="radio"
            name={name}
            className={styles.radio}
            checked={choice === value}
            disabled={isOut}
            onChange={() => onChange(choice)}
          />
          {Icon && <Icon size={14} />} {text}
        </label>
      ))}
    </fieldset>
  );
};
