/** One found object: its picture, what it is, from when to when. A click selects it and goes there. */
import type { MouseEvent } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { withToggled } from '../../state/window-state.ts';
import { cx } from '../../ui/cx.ts';
import { useClock } from '../timeline/use-clock.ts';
import styles from './find.module.css';
import type { FoundRow } from './found-rows.ts';
import { findText as text } from './strings.ts';
import { Thumbnail } from './thumbnail.tsx';

interface FoundRowProps {
  row: FoundRow;
  /** Of all rows, in their order, for a selection from one to another. */
  ids: readonly number[];
}

export const FoundRowView = ({ row: { object, found, first, last, best }, ids }: FoundRowProps) => {
  const { store, player } = useApp();
  const clock = useClock();
  const { id, name, color } = object;
  const isChosen = useAppState((s) => s.selectedId === id || s.alsoSelected.includes(id));

  const toggle = (): void => store.setState((s) => withToggled(s, id));
  const choose = (event: MouseEvent): void => {
    const { selectedId } = store.getState();
    if (event.ctrlKey || event.metaKey) toggle();
    else if (event.shiftKey && selectedId !== null) {
      const [from, to] = [ids.indexOf(selectedId), ids.indexOf(id)].sort((a, b) => a - b) as [number, number];
      store.setState({ alsoSelected: ids.slice(Math.max(0, from), to + 1).filter((other) => other !== selectedId) });
    } else {
      store.setState({ selectedId: id, alsoSelected: [] });
      player.seek(best);
    }
  };

  return (
    <li className={cx(styles.row, isChosen && styles.chosen)} data-found={id}>
      <input type="checkbox" aria-label={text.select(name)} checked={isChosen} onChange={toggle} />
      <button type="button" className={styles.name} aria-label={text.goTo(name)} title={text.goTo(name)} onClick={choose}>
        <Thumbnail place={found.place} />
        <span className={styles.facts}>
          <span className={styles.nameText}>
            <svg width={8} height={8} viewBox="0 0 10 10" aria-hidden="true">
              <circle cx={5} cy={5} r={5} fill={color} />
            </svg>{' '}
            {name}
          </span>
          <span className={styles.fact}>
            {found.label ?? text.noClass} · {text.score(found.score)}
          </span>
        </span>
      </button>
      <span className={styles.times}>
        {found.isAuto && (
          <span className={styles.auto} title={text.autoTitle}>
            {text.auto}
          </span>
        )}
        <TimeButton name={name} end="first" time={clock(first)} onClick={() => player.seek(first)} />
        <TimeButton name={name} end="last" time={clock(last)} onClick={() => player.seek(last)} />
      </span>
    </li>
  );
};

interface TimeButtonProps {
  name: string;
  end: 'first' | 'last';
  time: string;
  onClick: () => void;
}

const TimeButton = ({ name, end, time, onClick }: TimeButtonProps) => (
  <button
    type="button"
    className={styles.time}
    aria-label={text.goToTime(name, end, time)}
    title={text.goToTime(name, end, time)}
    onClick={onClick}
  >
    {time}
  </button>
);
