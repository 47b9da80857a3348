/** A modal dialog on the browser's own <dialog>: focus is kept inside, Esc closes, and focus goes back where it was. */
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import styles from './dialog.module.css';
import { uiText } from './strings.ts';

export interface DialogProps {
  title: string;
  isWide?: boolean;
  /** As wide as three columns, where there is room. */
  isSheet?: boolean;
  /** Without its title bar, which is then only read out. */
  isBare?: boolean;
  onClose: () => void;
  children: ReactNode;
}

export const Dialog = ({ title, isWide = false, isSheet = false, isBare = false, onClose, children }: DialogProps) => {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // The browser would put the focus on the first control, which is Close.
    const first = dialog.querySelector<HTMLElement>('[data-autofocus]') ?? dialog;
    first.focus();
    // What is typed takes the place of what stands there.
    if (first instanceof HTMLInputElement) first.select();
  }, []);
  return (
    <dialog
      ref={ref}
      tabIndex={-1}
      className={cx(styles.dialog, isWide && styles.wide, isSheet && styles.ofSheet, isBare && styles.bare)}
      {...(isBare ? { 'aria-label': title } : { 'aria-labelledby': titleId })}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={onClose}
    >
      {!isBare && (
        <header className={styles.header}>
          <h2 id={titleId} className={styles.title}>
            {title}
          </h2>
          <Button variant="ghost" isIcon label={uiText.close} onClick={onClose}>
            <X size={16} />
          </Button>
        </header>
      )}
      {isBare ? children : <div className={styles.body}>{children}</div>}
    </dialog>
  );
};
