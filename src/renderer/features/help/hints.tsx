/** Three hints for the first clip, one at a time as the user gets on; no wizard. */
import { MousePointerClick, Sparkles, Wand } from 'lucide-react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { dismissHints } from '../../app/app-model.ts';
import { objectsOf, runningOperation } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import styles from './help.module.css';

const hints = [
  { Icon: MousePointerClick, text: 'Click any object in the picture: its mask appears at once. Or drag a box around it.' },
  {
    Icon: Wand,
    text: 'Click again to add; right-click or Alt+click what is not part of it. Then press T to track.',
  },
  {
    Icon: Sparkles,
    text: 'Esc stops tracking and keeps what is done. Correct any frame by clicking in it, then track again.',
  },
] as const;

export const Hints = () => {
  const { store } = useApp();
  const isDismissed = useAppState((s) => s.prefs.areHintsDismissed);
  const step = useAppState((s) => {
    if (runningOperation(s, 'track')) return 2;
    return s.selectedId === null || objectsOf(s).length === 0 ? 0 : 1;
  });
  if (isDismissed) return null;
  const { Icon, text } = hints[step]!;
  return (
    <aside className={styles.hint} aria-label="Hint">
      <Icon size={17} className={styles.hintIcon} aria-hidden="true" />
      <p className={styles.hintText}>
        <span className={styles.hintStep}>{step + 1} of 3</span>
        {text}
      </p>
      <Button variant="ghost" size="small" onClick={() => dismissHints(store)}>
        Got it
      </Button>
    </aside>
  );
};
