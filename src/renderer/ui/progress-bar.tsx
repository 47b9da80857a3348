import { cx } from './cx.ts';
import styles from './progress-bar.module.css';

/** How far a long work is. Without a total it says only that it is under way. */
export const ProgressBar = ({ label, done, total, isDone = false }: { label: string; done: number; total: number; isDone?: boolean }) => (
  <progress
    className={cx(styles.bar, isDone && styles.done)}
    aria-label={label}
    {...(total > 0 ? { value: Math.min(done, total), max: total } : {})}
  />
);
