/** Three hints for the first clip, one at a time as the user gets on; no wizard. */
import { MousePointerClick, Sparkles, Wand } from 'lucide-react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { dismissHints } from '../../app/app-model.ts';
import { objectsOf, runningOperation, trackedFrames } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import styles from './help.module.css';
import { helpText } from './strings.ts';

const icons = [MousePointerClick, Wand, Sparkles] as const;

export const Hints = () => {
  const { store } = useApp();
  const isDismissed = useAppState((s) => s.prefs.areHintsDismissed);
  const step = useAppState((s) => {
    // What comes after tracking is said while it runs, and when it is done.
    const isTracked = objectsOf(s).some((object) => trackedFrames(object) > object.prompts.length);
    if (runningOperation(s, 'track') || isTracked) return 2;
    return s.selectedId === null || objectsOf(s).length === 0 ? 0 : 1;
  });
  const isNoneSelected = useAppState((s) => s.selectedId === null);
  if (isDismissed) return null;
  const Icon = icons[step]!;
  return (
    <aside className={styles.hint} aria-label={helpText.hint}>
      <Icon size={17} className={styles.hintIcon} aria-hidden="true" />
      <p className={styles.hintText}>
        <span className={styles.hintStep}>{helpText.step(step + 1, icons.length)}</span>
        {step === 2 && isNoneSelected ? helpText.another : helpText.hints[step]}
      </p>
      <Button variant="ghost" size="small" onClick={() => dismissHints(store)}>
        {helpText.gotIt}
      </Button>
    </aside>
  );
};
