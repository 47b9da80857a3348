/** How the selected object is remembered: its branches, who leads, and the frames that deserve a look. */
import { useMemo } from 'react';
import type { MemorySettings } from '../../../shared/memory-settings.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { objectsOf } from '../../state/window-state.ts';
import { plural } from '../../ui/format.ts';
import { ReviewList } from './review-list.tsx';
import { scoresOn, treeLanes } from './tree-lanes.ts';
import { TreeLanesView } from './tree-lanes-view.tsx';
import styles from './tree-panel.module.css';
import { useTreeEvents } from './use-tree-events.ts';

export const TreePanel = () => {
  const { client, store } = useApp();
  const memory = useAppState((s) => s.host?.session?.memory ?? null);
  const frameCount = useAppState((s) => s.host?.session?.media.frameCount ?? 1);
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
    void client
      .call('session.setMemory', { memory: { ...memory.settings, ...change } })
      .catch((error: unknown) => reportError(store, error));
  const { counters, settings } = memory;
  return (
    <section className={styles.panel} aria-label="Memory">
      <label className={styles.header}>
        <span className={styles.title}>Memory tree</span>
        <input
          type="checkbox"
          checked={settings.mode === 'tree'}
          title="Keep several paths per object where the model is unsure; takes effect with the next track"
          onChange={(event) => set({ mode: event.target.checked ? 'tree' : 'single' })}
        />
      </label>
      {lanes.branches.length > 0 && (
        <>
          <TreeLanesView lanes={lanes} frameCount={frameCount} />
          <p className={styles.dim}>
            {shown?.name}: {plural(lanes.branches.length, 'branch', 'branches')}, {plural(lanes.switches.length, 'switch', 'switches')}
            {counters.amendedFrames > 0 && `, ${plural(counters.amendedFrames, 'frame')} amended in all`}
          </p>
          {scores?.type === 'scored' && (
            <ul className={styles.scores} aria-label="Branches on this frame">
              {scores.scores.map(({ branch, score, iou }) => (
                <li key={branch}>
                  Branch {branch}
                  <span className={styles.dim}>
                    {score === 0 ? 'leads' : `${Math.round(Math.exp(score) * 100)} % of the best`} · IoU {iou.toFixed(2)}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      <ReviewList />
    </section>
  );
};
