/** The review list: where objects were lost, jumped or are in doubt, worst first. */
import { Check, CircleQuestionMark, CopyX, EyeOff, GitFork, MoveUpRight, ScanSearch } from 'lucide-react';
import { isCounted, type ReviewEntry, type ReviewKind } from '../../../shared/review.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { goToEntry, setDone } from '../../app/review-actions.ts';
import { objectsOf, reviewedIdOf, reviewOf } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { ObjectMark } from '../../ui/object-mark.tsx';
import { usePlaceText } from '../timeline/use-clock.ts';
import styles from './review.module.css';
import { RunSummary } from './run-summary.tsx';
import { sentenceOf, reviewText as text } from './strings.ts';

const icons: Record<ReviewKind, typeof Check> = {
  absence: EyeOff,
  overlap: CopyX,
  jump: MoveUpRight,
  disagreement: GitFork,
  doubt: CircleQuestionMark,
  check: ScanSearch,
};

/** How many places are left, for the tab. */
export const useReviewCount = (): number =>
  useAppState((s) => (s.session?.review ?? []).filter((entry) => isCounted(entry) && !entry.isDone).length);

export const ReviewPanel = () => {
  const { store } = useApp();
  const objects = useAppState(objectsOf);
  const entries = useAppState(reviewOf);
  const chosen = useAppState(reviewedIdOf);
  const counted = entries.filter(isCounted);
  const checks = entries.filter((entry) => !isCounted(entry));
  const left = counted.filter(({ isDone }) => !isDone).length;
  const isTracked = objects.some(({ results, prompts }) => results.length > 0 && prompts.length > 0);
  return (
    <section className={styles.panel} aria-label={text.panel}>
      {objects.length > 1 && (
        <label className={styles.filter}>
          {text.filter}
          <select
            value={chosen ?? ''}
            onChange={(event) => store.setState({ reviewedId: event.target.value === '' ? null : Number(event.target.value) })}
          >
            <option value="">{text.all}</option>
            {objects.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <RunSummary hasButton={false} />
      <p className={styles.note}>
        {!isTracked ? text.untracked : counted.length === 0 ? text.nothing : left === 0 ? text.allDone : text.left(left)}
      </p>
      {counted.length > 0 && <Entries label={text.list} entries={counted} />}
      {checks.length > 0 && (
        <>
          <h2 className={styles.subtitle}>{text.checks}</h2>
          <p className={styles.note}>{text.checksNote}</p>
          <Entries label={text.checks} entries={checks} />
        </>
      )}
    </section>
  );
};

const Entries = ({ label, entries }: { label: string; entries: readonly ReviewEntry[] }) => {
  const app = useApp();
  const objects = useAppState(objectsOf);
  const playhead = useAppState((s) => s.playhead);
  const at = usePlaceText();
  const nameOf = (id: number | null): string => objects.find((object) => object.id === id)?.name ?? text.object(id ?? 0);
  return (
    <ol className={styles.list} aria-label={label}>
      {entries.map((entry) => {
        const { objectId, kind, frame, first, uncertainty, isDone } = entry;
        const object = objects.find(({ id }) => id === objectId);
        const Icon = icons[kind];
        return (
          <li key={`${objectId}:${kind}:${first}:${frame}`} className={styles.row} data-kind={kind} data-done={isDone}>
            <button
              type="button"
              className={styles.entry}
              aria-current={frame === playhead}
              title={`${text.uncertainty(Math.round(uncertainty * 100))} ${text.look}`}
              onClick={() => goToEntry(app, entry)}
            >
              <Icon size={15} className={styles.icon} aria-hidden="true" />
              <span className={styles.words}>
                <span>{sentenceOf(entry, at, nameOf(entry.other))}</span>
                <span className={styles.name}>
                  {object && <ObjectMark object={object} size={9} />} {nameOf(objectId)}
                </span>
              </span>
            </button>
            <Button
              variant="ghost"
              size="small"
              isIcon
              isPressed={isDone}
              label={isDone ? text.again : text.done}
              onClick={() => setDone(app, entry, !isDone)}
            >
              <Check size={14} />
            </Button>
          </li>
        );
      })}
    </ol>
  );
};
