/** How tracking went, in a sentence, and the way to what deserves a look. */
import { isCounted } from '../../../shared/review.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { openReview } from '../../app/review-actions.ts';
import { objectsOf, reviewedIdOf, reviewOf, runningOperation, trackedFrames } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import styles from './review.module.css';
import { reviewText as text } from './strings.ts';

export const RunSummary = ({ hasButton = true }: { hasButton?: boolean }) => {
  const { store } = useApp();
  const objects = useAppState(objectsOf);
  const entries = useAppState(reviewOf);
  const chosen = useAppState(reviewedIdOf);
  const isRunning = useAppState((s) => runningOperation(s, 'track') !== null);
  const tracked = objects.filter((object) => (chosen === null || object.id === chosen) && trackedFrames(object) > object.prompts.length);
  if (isRunning || tracked.length === 0) return null;
  const found = tracked.reduce((sum, { foundFrames }) => sum + foundFrames, 0);
  const frames = tracked.reduce((sum, object) => sum + trackedFrames(object), 0);
  const losses = entries.filter(({ kind }) => kind === 'absence').length;
  const left = entries.filter((entry) => isCounted(entry) && !entry.isDone).length;
  const sentence =
    tracked.length > 1
      ? text.foundSeveral(tracked.length, found, frames, losses)
      : found === frames
        ? text.foundAll(frames)
        : text.found(found, frames, losses);
  return (
    <div className={styles.summary}>
      <p role="status">{sentence}</p>
      {hasButton && (
        <Button size="small" onClick={() => openReview(store)}>
          {left > 0 ? text.reviewCount(left) : text.review}
        </Button>
      )}
    </div>
  );
};
