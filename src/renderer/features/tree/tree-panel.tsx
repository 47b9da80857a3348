/** How the selected object is remembered: its branches, and who leads. */
import { useMemo } from 'react';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { objectsOf } from '../../state/window-state.ts';
import { treeText as text } from './strings.ts';
import { scoresOn, treeLanes } from './tree-lanes.ts';
import { TreeLanesView } from './tree-lanes-view.tsx';
import styles from './tree-panel.module.css';
import { useTreeEvents } from './use-tree-events.ts';

export const TreePanel = () => {
  const { callSession, store } = useApp();
  const memory = useAppState((s) => s.session?.memory ?? null);
  const frameCount = useAppState((s) => s.session?.media.frameCount ?? 1);
  const objects = useAppState(objectsOf);
  const selectedId = useAppState((s) => s.selectedId);
  const playhead = useAppState((s) => s.playhead);
  const shown = objects.find(({ id }) => id === selectedId) ?? objects[0] ?? null;
  const events = useTreeEvents(shown?.id ?? null);
  const lastFrame = shown?.results.at(-1)?.[1] ?? 0;
  const lanes = useMemo(() => treeLanes(events, lastFrame), [events, lastFrame]);
  const scores = useMemo(() => scoresOn(events, playhead), [events, playhead]);
  if (!memory) return null;
  const set = (change: Partial<MemorySettings>): void =>
    void callSession('session.setMemory', { memory: { ...memory.settings, ...change } }).catch((error: unknown) =>
      reportError(store, error),
    );
  const { counters, settings } = memory;
  return (
    <section className={styles.panel} aria-label={text.panel}>
      <label className={styles.header}>
        <span className={styles.title}>{text.title}</span>
        <input
          type="checkbox"
          checked={settings.mode === 'tree'}
          title={text.about}
          onChange={(event) => set({ mode: event.target.checked ? 'tree' : 'single' })}
        />
      </label>
      {lanes.branches.length > 0 && (
        <>
          <TreeLanesView lanes={lanes} frameCount={frameCount} />
          <p className={styles.dim}>
            {text.ofObject(shown?.name ?? '', text.counts(lanes.branches.length, lanes.switches.length))}
            {counters.amendedFrames > 0 && text.amended(counters.amendedFrames)}
          </p>
          {scores?.type === 'scored' && (
            <ul className={styles.scores} aria-label={text.onFrame}>
              {scores.scores.map(({ branch, score, iou }) => (
                <li key={branch}>
                  {text.branch(branch)}
                  <span className={styles.dim}>
                    {score === 0 ? text.leads : text.share(Math.round(Math.exp(score) * 100))} · {text.iou(iou.toFixed(2))}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
};
