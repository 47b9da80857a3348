/** The painted mask in place of the model's, and a ring of the brush's size under the pointer. */
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useApp, useAppState } from '../../app/app-context.ts';
import type { Point } from './geometry.ts';
import styles from './viewer.module.css';

export const BrushOverlay = ({ at }: { at: Point | null }) => {
  const { brush, viewport } = useApp();
  const hasStrokes = useAppState((s) => s.strokeCount > 0);
  const tool = useAppState((s) => s.tool);
  const size = useAppState((s) => s.prefs.brushSize);
  const view = useStore(viewport.store, (s) => s.view);
  const holder = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (hasStrokes) holder.current?.replaceChildren(brush.canvas);
    else holder.current?.replaceChildren();
  }, [brush, hasStrokes]);

  const isPainting = tool === 'brush' || tool === 'eraser';
  const transform = `translate(${view.offsetX}px, ${view.offsetY}px) scale(${view.scale})`;
  return (
    <>
      <div ref={holder} className={styles.painted} style={{ transform }} />
      {isPainting && at && (
        <svg className={styles.ringLayer} aria-hidden="true">
          <circle className={styles.ringDark} cx={at.x} cy={at.y} r={(size * view.scale) / 2} />
          <circle className={styles.ring} cx={at.x} cy={at.y} r={(size * view.scale) / 2} />
        </svg>
      )}
    </>
  );
};
