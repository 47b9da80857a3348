/** Frames that deserve a look, the most uncertain first; a click goes there. */
import { useApp, useAppState } from '../../app/app-context.ts';
import { objectsOf } from '../../state/window-state.ts';
import { useClock } from '../timeline/use-clock.ts';
import { treeText as text } from './strings.ts';
import styles from './tree-panel.module.css';

const shown = 8;

export const ReviewList = () => {
  const { player, store } = useApp();
  const review = useAppState((s) => s.session?.memory.review);
  const objects = useAppState(objectsOf);
  const clock = useClock();
  const playhead = useAppState((s) => s.playhead);
  if (!review || review.length === 0) return null;
  const go = (objectId: number, frame: number): void => {
    store.setState({ selectedId: objectId, isFollowing: false });
    player.seek(frame);
  };
  return (
    <>
      <h3 className={styles.subtitle}>{text.review}</h3>
      <ol className={styles.review} aria-label={text.reviewList}>
        {review.slice(0, shown).map(({ objectId, frame, uncertainty }) => {
          const object = objects.find(({ id }) => id === objectId);
          const name = object?.name ?? text.object(objectId);
          const percent = Math.round(uncertainty * 100);
          return (
            <li key={`${objectId}:${frame}`}>
              <button
                type="button"
                className={styles.reviewRow}
                aria-current={frame === playhead}
                title={text.doubt(frame, name, percent)}
                onClick={() => go(objectId, frame)}
              >
                <svg className={styles.swatch} viewBox="0 0 10 10" aria-hidden="true">
                  <circle cx={5} cy={5} r={5} fill={object?.color ?? 'currentColor'} />
                </svg>
                <span className={styles.reviewName}>{name}</span>
                <span className={styles.dim}>
                  {clock(frame)} · {frame}
                </span>
                <meter className={styles.meter} min={0} max={100} value={percent} aria-label={text.uncertainty(percent)} />
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
};
