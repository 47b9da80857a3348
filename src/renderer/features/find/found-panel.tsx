/** The search for objects, and what it found: by class or by time, to be checked, kept, renamed, merged and dropped. */
import { useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { objectsOf } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segments } from '../../ui/segments.tsx';
import styles from './find.module.css';
import { FindFormView } from './find-form-view.tsx';
import { FoundActions } from './found-actions.tsx';
import { FoundRowView } from './found-row-view.tsx';
import { classCounts, type FoundFilter, type FoundOrder, foundRows } from './found-rows.ts';
import { findText as text } from './strings.ts';

export const FoundPanel = () => (
  <div className={styles.panel}>
    <FindFormView />
    <FoundList />
  </div>
);

const labelOf = (value: string): FoundFilter['label'] => (value === 'all' ? undefined : value === 'none' ? null : value.slice(2));
const optionOf = (label: FoundFilter['label']): string => (label === undefined ? 'all' : label === null ? 'none' : `: ${label}`);

const FoundList = () => {
  const { store } = useApp();
  const objects = useAppState(objectsOf);
  const [filter, setFilter] = useState<FoundFilter>({ label: undefined, name: '', isAutoOnly: false });
  const [order, setOrder] = useState<FoundOrder>('class');
  const counts = classCounts(objects);
  const rows = foundRows(objects, filter, order);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const change = (part: Partial<FoundFilter>): void => setFilter((before) => ({ ...before, ...part }));
  const selectAll = (): void => {
    const [first, ...others] = rows.map(({ object }) => object.id);
    if (first !== undefined) store.setState({ selectedId: first });
    if (first !== undefined) store.setState({ alsoSelected: others });
  };
  return (
    <section className={styles.found} aria-label={text.found}>
      <header className={styles.line}>
        <h2 className={styles.title}>
          {text.found} {total > 0 && <span className={styles.count}>{total}</span>}
        </h2>
        {rows.length > 0 && (
          <Button variant="ghost" size="small" onClick={selectAll}>
            {text.selectAll}
          </Button>
        )}
      </header>
      {total === 0 ? (
        <Nothing />
      ) : (
        <>
          <div className={styles.line}>
            <SearchField label={text.filter} value={filter.name} onChange={(name) => change({ name })} />
            <select
              className={styles.select}
              aria-label={text.ofClass}
              value={optionOf(filter.label)}
              onChange={(event) => change({ label: labelOf(event.target.value) })}
            >
              <option value="all">{text.all}</option>
              {counts.map(({ label, count }) => (
                <option key={optionOf(label)} value={optionOf(label)}>
                  {text.ofClassCount(label ?? text.noClass, count)}
                </option>
              ))}
            </select>
          </div>
          <div className={styles.line}>
            <Segments<FoundOrder>
              label={text.order}
              choices={[
                { value: 'class', label: text.byClass },
                { value: 'time', label: text.byTime },
              ]}
              value={order}
              onChange={setOrder}
            />
            <label className={styles.check}>
              <input type="checkbox" checked={filter.isAutoOnly} onChange={(event) => change({ isAutoOnly: event.target.checked })} />{' '}
              {text.autoOnly}
            </label>
          </div>
          {rows.length === 0 && <p className={styles.note}>{text.noneMatch}</p>}
          <ul className={styles.list}>
            {rows.map((row) => (
              <FoundRowView key={row.object.id} row={row} ids={rows.map(({ object }) => object.id)} />
            ))}
          </ul>
          <FoundActions />
        </>
      )}
    </section>
  );
};

const Nothing = () => {
  const wasSearched = useAppState(
    (s) =>
      s.host?.operations.some(({ kind, sessionId, state }) => kind === 'find' && sessionId === s.activeId && state === 'done') ?? false,
  );
  return <p className={styles.note}>{wasSearched ? text.nothing : text.none}</p>;
};
