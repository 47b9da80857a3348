/** The picture with masks and prompts; where the user clicks, drags, paints, zooms and pans. */
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { spaceKey } from '../../commands/space-key.ts';
import { ViewerRenderer } from '../../gl/viewer-renderer.ts';
import { liveOf } from '../../state/window-state.ts';
import { isTestPage, publishTestHook } from '../../test-hook.ts';
import { cx } from '../../ui/cx.ts';
import { RegionOverlay } from '../find/region-overlay.tsx';
import { Hints } from '../help/hints.tsx';
import { LiveBar } from '../live/live-bar.tsx';
import { BrushOverlay } from './brush-overlay.tsx';
import { imageFromCanvas, type Point } from './geometry.ts';
import { PromptOverlay } from './prompt-overlay.tsx';
import { viewerText } from './strings.ts';
import { ToolRail } from './tool-rail.tsx';
import { useGlViewer } from './use-gl-viewer.ts';
import { objectAt, useViewerGesture } from './use-viewer-gesture.ts';
import { useWheelZoom } from './use-wheel-zoom.ts';
import styles from './viewer.module.css';
import { ViewerToolbar } from './viewer-toolbar.tsx';

export const Viewer = () => {
  const app = useApp();
  const media = useAppState((s) => s.session?.media ?? null);
  const isLive = useAppState((s) => liveOf(s) !== null);
  // Whoever draws a region drags boxes, whatever the tool is.
  const tool = useAppState((s) => (s.findForm.drawing === null ? s.tool : 'box'));
  const awaited = useAppState((s) => (s.session && !s.isPlaying && !s.isFollowing && s.playhead !== s.shownFrame ? s.playhead : null));
  const isNegativeMode = useAppState((s) => s.promptLabel === 0);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointer, setPointer] = useState<Point | null>(null);
  const [isHand, setIsHand] = useState(false);
  const [isAlt, setIsAlt] = useState(false);
  const [hasNoGl, setHasNoGl] = useState(false);
  const [renderer, setRenderer] = useState<ViewerRenderer | null>(null);
  const { gesture, draft } = useViewerGesture();

  useEffect(() => {
    if (!canvas.current) return;
    try {
      const made = new ViewerRenderer(canvas.current, isTestPage());
      setRenderer(made);
      publishTestHook(app, made, canvas.current);
      return () => {
        setRenderer(null);
        made.dispose();
      };
    } catch {
      setHasNoGl(true);
    }
  }, [app]);
  useGlViewer(renderer, stage);
  useWheelZoom(stage);
  useEffect(() => spaceKey.onChange(setIsHand), []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => setIsAlt(event.altKey);
    window.addEventListener('keydown', onKey);
    window.addEventListener('keyup', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('keyup', onKey);
    };
  }, []);

  const pointOf = (event: PointerEvent): Point => {
    const box = stage.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const isPainting = tool === 'brush' || tool === 'eraser';
  const cursor =
    isHand || tool === 'hand' ? 'hand' : isPainting ? 'none' : tool === 'box' ? 'box' : isNegativeMode || isAlt ? 'negative' : 'positive';
  return (
    <section className={styles.viewer} aria-label={viewerText.viewer}>
      {media && <ViewerToolbar />}
      {media && (isLive ? <LiveBar /> : <Hints />)}
      <div className={styles.row}>
        {media && <ToolRail />}
        <div
          ref={stage}
          role="application"
          aria-label={viewerText.picture}
          className={cx(styles.stage, styles[cursor], awaited !== null && styles.stale)}
          aria-busy={awaited !== null}
          onPointerDown={(event) => {
            if (!media) return;
            if (event.button === 1) event.preventDefault();
            event.currentTarget.setPointerCapture(event.pointerId);
            const { button, altKey, ctrlKey, metaKey, shiftKey } = event;
            if (isHand) spaceKey.use();
            gesture.down({ button, altKey, isPick: ctrlKey || metaKey, isAlso: shiftKey, isHand, tool, at: pointOf(event) });
          }}
          onPointerMove={(event) => {
            const at = pointOf(event);
            gesture.move(at);
            if (isPainting) setPointer(at);
            else if (!gesture.isActive) {
              const hoveredId = objectAt(app, imageFromCanvas(app.viewport.store.getState().view, at));
              if (hoveredId !== app.store.getState().hoveredId) app.store.setState({ hoveredId });
            }
          }}
          onPointerLeave={() => {
            setPointer(null);
            app.store.setState({ hoveredId: null });
          }}
          onPointerUp={(event) => gesture.up(pointOf(event))}
          onPointerCancel={() => gesture.cancel()}
          onContextMenu={(event) => event.preventDefault()}
        >
          <canvas ref={canvas} className={styles.canvas} />
          <BrushOverlay at={pointer} />
          <RegionOverlay />
          <PromptOverlay draft={draft} />
          {awaited !== null && <p className={styles.awaited}>{viewerText.loadingFrame(awaited)}</p>}
        </div>
      </div>
      {hasNoGl && <p className={styles.problem}>{viewerText.noWebGl}</p>}
    </section>
  );
};
