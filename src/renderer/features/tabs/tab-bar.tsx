/** The open clips and live sources, one tab each; there when there are several. */
import { Plus, TriangleAlert, X } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from 'react';
import { useShallow } from 'zustand/shallow';
import type { SessionSummary } from '../../../shared/contract/state.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { sessionsOf } from '../../state/sessions.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { tabText as text } from './strings.ts';
import styles from './tab-bar.module.css';
import { type TabWork, tabProblem, tabWork } from './tab-facts.ts';

const dragType = 'application/x-sam2-tab';
const middleButton = 1;

/** A middle press would begin to scroll the page. */
const keepPage = (event: MouseEvent): void => {
  if (event.button === middleButton) event.preventDefault();
};

export const TabBar = () => {
  const sessions = useAppState(sessionsOf);
  const list = useRef<HTMLDivElement>(null);
  if (sessions.length < 2) return null;
  return (
    <nav className={styles.bar} aria-label={text.bar}>
      <div
        ref={list}
        className={styles.tabs}
        role="tablist"
        aria-label={text.tabs}
        onWheel={(event) => list.current?.scrollBy({ left: event.deltaX + event.deltaY })}
      >
        {sessions.map((session) => (
          <Tab key={session.id} session={session} />
        ))}
      </div>
      <CommandButton command="clip.open" variant="ghost" size="small" isIcon label={text.open}>
        <Plus size={14} />
      </CommandButton>
    </nav>
  );
};

const Tab = ({ session }: { session: SessionSummary }) => {
  const { id, title, path, isLive, isAsleep } = session;
  const { tabs } = useApp();
  const isActive = useAppState((s) => s.activeId === id);
  const work = useAppState(useShallow((s) => tabWork(s, id)));
  const problem = useAppState((s) => tabProblem(s, id));
  const tab = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!isActive) return;
    tab.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // Whoever goes through the tabs by the arrows keeps the focus in them.
    if (tab.current?.closest('[role=tablist]')?.contains(document.activeElement)) tab.current.focus();
  }, [isActive]);

  const onAuxClick = (event: MouseEvent): void => {
    if (event.button === middleButton) tabs.close(id);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Delete') tabs.close(id);
    else if (event.key === 'ArrowRight') tabs.step(1);
    else if (event.key === 'ArrowLeft') tabs.step(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={cx(styles.tab, isActive && styles.active, isAsleep && styles.asleep)} role="presentation">
      <button
        ref={tab}
        type="button"
        role="tab"
        aria-selected={isActive}
        aria-keyshortcuts="Delete"
        tabIndex={isActive ? 0 : -1}
        className={styles.name}
        title={isAsleep ? text.asleep(path) : path}
        onClick={(event) => {
          tabs.activate(id);
          // Keys are for the clip after a click of the mouse.
          if (event.detail > 0) event.currentTarget.blur();
        }}
        onAuxClick={onAuxClick}
        onMouseDown={keepPage}
        onKeyDown={onKeyDown}
        draggable
        onDragStart={(event) => event.dataTransfer.setData(dragType, id)}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(dragType)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
        onDrop={(event) => {
          const dragged = event.dataTransfer.getData(dragType);
          if (!dragged) return;
          event.preventDefault();
          event.stopPropagation();
          tabs.move(dragged, id);
        }}
      >
        {isLive && <span className={styles.live} role="img" aria-label={text.live} title={text.live} />}
        {work && <Ring work={work} />}
        {problem !== null && (
          <span className={styles.problem} role="img" aria-label={text.unsaved} title={problem}>
            <TriangleAlert size={12} aria-hidden="true" />
          </span>
        )}
        <span className={styles.title}>{title}</span>
      </button>
      <Button
        variant="ghost"
        size="small"
        isIcon
        className={styles.close}
        label={text.close(title)}
        // A list of tabs holds nothing else; the keyboard closes one with Delete.
        aria-hidden="true"
        tabIndex={-1}
        onClick={() => tabs.close(id)}
        onAuxClick={onAuxClick}
        onMouseDown={keepPage}
      >
        <X size={12} />
      </Button>
    </div>
  );
};

const radius = 5;
const around = 2 * Math.PI * radius;
/** Of the ring, while how far it is is unknown. */
const unknownShare = 0.25;

const Ring = ({ work: { kind, share } }: { work: TabWork }) => {
  const label = text.running(kind, share === null ? null : Math.floor(100 * share));
  return (
    <svg className={styles.ring} width={14} height={14} viewBox="0 0 14 14" role="img" aria-label={label}>
      <title>{label}</title>
      <circle className={styles.track} cx={7} cy={7} r={radius} />
      <circle
        className={styles.share}
        cx={7}
        cy={7}
        r={radius}
        strokeDasharray={`${around * (share ?? unknownShare)} ${around}`}
        transform="rotate(-90 7 7)"
      />
    </svg>
  );
};
