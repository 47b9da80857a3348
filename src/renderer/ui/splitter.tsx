/** A line between two panels that is dragged, or moved by the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { cx } from './cx.ts';
import styles from './splitter.module.css';

export interface SplitterProps {
  label: string;
  /** Size in px of the panel after the line. */
  size: number;
  least: number;
  most: number;
  /** What a double click goes back to. */
  usual: number;
  isHorizontal?: boolean;
  onSize: (size: number) => void;
}

export const Splitter = ({ label, size, least, most, usual, isHorizontal = false, onSize }: SplitterProps) => {
  const press = useRef<{ at: number; size: number } | null>(null);
  const positionOf = (event: PointerEvent): number => (isHorizontal ? event.clientY : event.clientX);
  const set = (value: number): void => onSize(Math.round(Math.min(most, Math.max(least, value))));
  const onKeyDown = (event: KeyboardEvent): void => {
    const grow = isHorizontal ? 'ArrowUp' : 'ArrowLeft';
    const shrink = isHorizontal ? 'ArrowDown' : 'ArrowRight';
    if (event.key !== grow && event.key !== shrink) return;
    event.preventDefault();
    event.stopPropagation();
    set(size + (event.key === grow ? 16 : -16));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule of the page cannot be dragged
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isHorizontal ? 'horizontal' : 'vertical'}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      title={label}
      className={cx(styles.splitter, isHorizontal ? styles.horizontal : styles.vertical)}
      onKeyDown={onKeyDown}
      onDoubleClick={() => set(usual)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        press.current = { at: positionOf(event), size };
      }}
      onPointerMove={(event) => {
        if (press.current) set(press.current.size - (positionOf(event) - press.current.at));
      }}
      onPointerUp={() => {
        press.current = null;
      }}
      onPointerCancel={() => {
        press.current = null;
      }}
    />
  );
};
