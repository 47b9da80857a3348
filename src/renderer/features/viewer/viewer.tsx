/** The picture with masks and prompts; where the user clicks, drags, zooms and pans. */
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { spaceKey } from '../../commands/space-key.ts';
import { ViewerRenderer } from '../../gl/viewer-renderer.ts';
import { isTestPage, publishTestHook } from '../../test-hook.ts';
import { cx } from '../../ui/cx.ts';
import { Hints } from '../help/hints.tsx';
import { boxBetween, imageFromCanvas, isInside, type Point } from './geometry.ts';
import { PointerGesture } from './pointer-gesture.ts';
import { PromptOverlay } from './prompt-overlay.tsx';
import { useGlViewer } from './use-gl-viewer.ts';
import styles from './viewer.module.css';
import { ViewerToolbar } from './viewer-toolbar.tsx';

export const Viewer = () => {
  const app = useApp();
  const media = useAppState((s) => s.host?.session?.media ?? null);
  const promptLabel = useAppState((s) => s.promptLabel);
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [draft, setDraft] = useState<{ from: Point; to: Point } | null>(null);
  const [isHand, setIsHand] = useState(false);
  const [isAlt, setIsAlt] = useState(false);
  const [glError, setGlError] = useState<string | null>(null);
  const [renderer, setRenderer] = useState<ViewerRenderer | null>(null);

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
      setGlError(
        'This window has no WebGL 2, which the viewer draws with. Turn on hardware or software rendering in the browser, then reload.',
      );
    }
  }, [app]);
  useGlViewer(renderer, stage);

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

  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    // React listens to wheel passively, which could not keep the page from zooming.
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const delta = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      if (event.shiftKey) app.viewport.panBy(-(event.deltaX || delta), 0);
      else
        app.viewport.zoomBy(Math.exp(-delta * (event.ctrlKey ? 0.01 : 0.0016)), {
          x: event.clientX - box.left,
          y: event.clientY - box.top,
        });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [app]);

  const gesture = useMemo(() => {
    const inImage = (p: Point): Point => imageFromCanvas(app.viewport.store.getState().view, p);
    const image = () => app.viewport.store.getState().image;
    return new PointerGesture({
      click: (at, isNegative) => {
        const p = inImage(at);
        if (!isInside(p, image())) return;
        const label = isNegative ? 0 : app.store.getState().promptLabel;
        void app.prompts.addPoint({ x: round(p.x), y: round(p.y), label });
      },
      dragBox: (from, to) => setDraft({ from, to }),
      endBox: (from, to) => {
        setDraft(null);
        const box = boxBetween(inImage(from), inImage(to), image());
        if (box && box.width >= 2 && box.height >= 2)
          void app.prompts.setBox({ x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) });
      },
      cancelBox: () => setDraft(null),
      pan: (dx, dy) => app.viewport.panBy(dx, dy),
    });
  }, [app]);

  const pointOf = (event: PointerEvent): Point => {
    const box = stage.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const isNegative = promptLabel === 0 || isAlt;
  return (
    <section className={styles.viewer} aria-label="Viewer">
      {media && <ViewerToolbar />}
      {media && <Hints />}
      <div
        ref={stage}
        role="application"
        aria-label="Picture: click an object to select it"
        className={cx(styles.stage, isHand ? styles.hand : isNegative ? styles.negative : styles.positive)}
        onPointerDown={(event) => {
          if (!media) return;
          if (event.button === 1) event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          const { button, altKey } = event;
          if (isHand) spaceKey.use();
          gesture.down({ button, altKey, isHand, at: pointOf(event) });
        }}
        onPointerMove={(event) => gesture.move(pointOf(event))}
        onPointerUp={(event) => gesture.up(pointOf(event))}
        onPointerCancel={() => gesture.cancel()}
        onContextMenu={(event) => event.preventDefault()}
      >
        <canvas ref={canvas} className={styles.canvas} />
        <PromptOverlay draft={draft} />
      </div>
      {glError !== null && <p className={styles.problem}>{glError}</p>}
    </section>
  );
};

const round = (value: number): number => Math.round(value * 100) / 100;
