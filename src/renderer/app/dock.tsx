/** The right dock: one panel at a time, chosen by tabs when there are several. */
import type { KeyboardEvent } from 'react';
import { setPreference } from '../state/remember-preferences.ts';
import { cx } from '../ui/cx.ts';
import styles from './app.module.css';
import { useApp, useAppState } from './app-context.ts';
import { type DockTab, dockTabs } from './dock-tabs.tsx';
import { appText } from './strings.ts';

export const Dock = () => {
  const { store } = useApp();
  const chosen = useAppState((s) => s.prefs.sideTab);
  const width = useAppState((s) => s.prefs.sideWidth);
  const tab = dockTabs.find(({ id }) => id === chosen) ?? dockTabs[0]!;

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = dockTabs[(dockTabs.indexOf(tab) + by + dockTabs.length) % dockTabs.length]!;
    setPreference(store, { sideTab: next.id });
    document.getElementById(`tab-${next.id}`)?.focus();
  };

  return (
    <aside className={styles.side} style={{ width }} aria-label={appText.side}>
      {dockTabs.length > 1 && (
        <div className={styles.tabs} role="tablist" aria-label={appText.sidePanels}>
          {dockTabs.map(({ id, label, useCount, countLabel }) => (
            <button
              key={id}
              id={`tab-${id}`}
              type="button"
              role="tab"
              aria-selected={id === tab.id}
              aria-controls={`panel-${id}`}
              tabIndex={id === tab.id ? 0 : -1}
              className={cx(styles.tab, id === tab.id && styles.tabChosen)}
              onClick={() => setPreference(store, { sideTab: id })}
              onKeyDown={onKeyDown}
            >
              {label}
              {useCount && <TabCount useCount={useCount} label={countLabel} />}
            </button>
          ))}
        </div>
      )}
      <div
        id={`panel-${tab.id}`}
        className={styles.panel}
        {...(dockTabs.length > 1 && { role: 'tabpanel', 'aria-labelledby': `tab-${tab.id}` })}
      >
        <tab.Panel />
      </div>
    </aside>
  );
};

const TabCount = ({ useCount, label }: { useCount: () => number; label: DockTab['countLabel'] }) => {
  const count = useCount();
  if (count === 0) return null;
  return (
    <span className={styles.tabCount} title={label?.(count)}>
      {count}
    </span>
  );
};
