/** Says of a run that takes long why, and where to choose what is faster. */
import { Gauge } from 'lucide-react';
import type { Operation } from '../../../shared/contract/state.ts';
import { useAppState } from '../../app/app-context.ts';
import { CommandButton } from '../../ui/button.tsx';
import { isSlow } from './is-slow.ts';
import { trackText as text } from './strings.ts';
import styles from './track-panel.module.css';

export const SlowRun = ({ operation }: { operation: Operation }) => {
  const provider = useAppState((s) => s.host?.models.active?.provider ?? null);
  const advice = useAppState((s) => s.host?.models.active?.advice ?? null);
  if (!isSlow(operation)) return null;
  return (
    <>
      <p className={styles.note}>{advice ?? text.slow(provider?.toUpperCase() ?? null)}</p>
      <CommandButton command="model.choose" className={styles.wide} label={text.models}>
        <Gauge size={14} /> {text.models}
      </CommandButton>
    </>
  );
};
