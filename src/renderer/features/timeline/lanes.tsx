/**
 * Ruler and lanes. Both are drawn on canvases the size of what is in view; playhead and pointer are elements of their
 * own, so that moving them redraws nothing.
 */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Media } from '../../../shared/contract/state.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { useFrameTimes } from '../../playback/use-frame-times.ts';
import { liveOf, marksOf, objectsOf, reviewOf, withToggled } from '../../state/window-state.ts';
import { drawLanes, laneHeight } from './draw-lanes.ts';
import { drawRuler, rulerHeight } from './draw-ruler.ts';
import { Filmstrip, filmstripHeight } from './filmstrip.tsx';
import { HoverCard } from './hover-card.tsx';
import { frameAtX, type LaneSpan, xOfFrame } from './lane-geometry.ts';
import { LiveBuffer } from './live-buffer.tsx';
import { Pointers } from './pointers.tsx';
import { Scroller } from './scroller.tsx';
import { timelineText } from './strings.ts';
import styles from './timeline.module.css';
import { useLanes } from './use-lanes.ts';
import { useTimelineWheel } from './use-timeline-wheel.ts';

const labelWidth = 140;
const endPadding = 12;
const spanOf = (width: number): LaneSpan => ({ left: labelWidth, width: Math.max(1, width - labelWidth - endPadding) });

export const Lanes = ({ media }: { media: Media }) => {
  const { player, store, timeline } = useApp();
  const objects = useAppState(objectsOf);
  const isLive = useAppState((s) => liveOf(s) !== null);
  const selectedId = useAppState((s) => s.selectedId);
  const alsoSelected = useAppState((s) => s.alsoSelected);
  const marks = useAppState(marksOf);
  const review = useAppState(reviewOf);
  const theme = useAppState((s) => s.theme);
  const playhead = useAppState((s) => s.playhead);
  const range = useStore(timeline.store);
  const { times, known } = useFrameTimes();
  const { laneOf, switches } = useLanes();
  const surface = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const ruler = useRef<HTMLCanvasElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [scrollTop, setScrollTop] = useState(0);
  const [hover, setHover] = useState<number | null>(null);
  const span = spanOf(size.width);
  const { frameCount } = media;
  useTimelineWheel(surface, body, span);

  useEffect(() => {
    const element = body.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that are read from the page
  useEffect(() => {
    if (ruler.current && size.width > 0) drawRuler(ruler.current, { width: size.width, span: spanOf(size.width), range, times, marks });
  }, [size, range, times, known, marks, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that are read from the page
  useEffect(() => {
    if (!canvas.current || size.width === 0) return;
    drawLanes(canvas.current, {
      ...size,
      scrollTop,
      span: spanOf(size.width),
      range,
      objects,
      laneOf,
      switches,
      review,
      selectedIds: selectedId === null ? [] : [selectedId, ...alsoSelected],
      marks,
    });
  }, [size, scrollTop, range, objects, laneOf, switches, review, selectedId, alsoSelected, marks, theme]);

  const selectedLane = objects.findIndex(({ id }) => id === selectedId);
  useEffect(() => {
    const element = body.current;
    if (!element || selectedLane < 0 || size.height === 0) return;
    const top = selectedLane * laneHeight;
    if (element.scrollTop > top) element.scrollTop = top;
    else if (element.scrollTop < top + laneHeight - size.height) element.scrollTop = top + laneHeight - size.height;
  }, [selectedLane, size.height]);

  const xOf = (event: PointerEvent): number => event.clientX - surface.current!.getBoundingClientRect().left;
  const frameOf = (event: PointerEvent): number => frameAtX(xOf(event), range, span);

  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (xOf(event) < labelWidth) {
      const y = event.clientY - body.current!.getBoundingClientRect().top + scrollTop;
      const object = y >= 0 ? objects[Math.floor(y / laneHeight)] : undefined;
      if (object)
        store.setState((s) => (event.ctrlKey || event.metaKey ? withToggled(s, object.id) : { selectedId: object.id, alsoSelected: [] }));
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    player.seek(frameOf(event));
  };

  const onPointerMove = (event: PointerEvent): void => {
    setHover(xOf(event) >= labelWidth ? frameOf(event) : null);
    if (event.currentTarget.hasPointerCapture(event.pointerId)) player.seek(frameOf(event));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { PageUp: -10, PageDown: 10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    player.step(by);
  };

  return (
    <>
      <div
        ref={surface}
        id="timeline-lanes"
        className={styles.surface}
        role="slider"
        tabIndex={0}
        aria-label={timelineText.position}
        aria-valuemin={0}
        aria-valuemax={frameCount - 1}
        aria-valuenow={playhead}
        aria-valuetext={timelineText.frameOf(playhead, frameCount)}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHover(null)}
        onKeyDown={onKeyDown}
      >
        <canvas ref={ruler} className={styles.ruler} height={rulerHeight} />
        {isLive ? <LiveBuffer span={span} range={range} /> : <Filmstrip media={media} width={size.width} span={span} range={range} />}
        <div ref={body} data-part="lane-list" className={styles.body} onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
          <canvas ref={canvas} data-part="lanes" className={styles.lanes} style={{ height: size.height }} />
          <div style={{ height: Math.max(1, objects.length) * laneHeight }} />
        </div>
        {size.width > 0 && <Pointers span={span} range={range} hover={hover} height={rulerHeight + filmstripHeight + size.height} />}
        {hover !== null && (
          <HoverCard
            media={media}
            frame={hover}
            x={xOfFrame(hover, range, span)}
            width={size.width}
            framesPerPixel={range.span / span.width}
          />
        )}
      </div>
      <Scroller range={range} left={span.left} />
    </>
  );
};
