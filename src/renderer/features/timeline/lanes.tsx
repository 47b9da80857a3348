/**
 * The scrubber: a ruler, and a lane per object with what was tracked and where it was prompted. Drawn on a canvas, whose work
 * does not grow with the clip; the playhead is an element of its own, so that moving it redraws nothing.
 */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { objectsOf } from '../../state/window-state.ts';
import { formatTime } from '../../ui/format.ts';
import { drawLanes, laneHeight, lanesHeight, rulerHeight } from './draw-lanes.ts';
import { drawSwitches } from './draw-switches.ts';
import { frameAtX, type LaneSpan, xOfFrame } from './lane-geometry.ts';
import styles from './timeline.module.css';

const labelWidth = 132;
const endPadding = 16;
const spanOf = (width: number): LaneSpan => ({ left: labelWidth, width: Math.max(1, width - labelWidth - endPadding) });

export const Lanes = () => {
  const { player, store } = useApp();
  const media = useAppState((s) => s.host?.session?.media)!;
  const objects = useAppState(objectsOf);
  const selectedId = useAppState((s) => s.selectedId);
  const switches = useAppState((s) => s.host?.session?.memory.switches)!;
  const playhead = useAppState((s) => s.playhead);
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [theme, setTheme] = useState(0);
  const [hover, setHover] = useState<number | null>(null);
  const { frameCount } = media;
  const height = lanesHeight(objects.length);

  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: light)');
    const onScheme = (): void => setTheme((n) => n + 1);
    scheme.addEventListener('change', onScheme);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', onScheme);
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that are read from the page
  useEffect(() => {
    if (!canvas.current || width === 0) return;
    drawLanes(canvas.current, { width, height, span: spanOf(width), media, objects, selectedId });
    drawSwitches(canvas.current, spanOf(width), media.frameCount, objects, switches);
  }, [width, height, media, objects, selectedId, switches, theme]);

  const frameOf = (event: PointerEvent): number =>
    frameAtX(event.clientX - surface.current!.getBoundingClientRect().left, frameCount, spanOf(width));

  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const box = surface.current!.getBoundingClientRect();
    if (event.clientX - box.left < labelWidth - 12) {
      const object = objects[Math.floor((event.clientY - box.top - rulerHeight) / laneHeight)];
      if (object) store.setState({ selectedId: object.id });
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    player.seek(frameOf(event));
  };

  const onPointerMove = (event: PointerEvent): void => {
    const isOnLane = event.clientX - surface.current!.getBoundingClientRect().left >= labelWidth - 12;
    setHover(isOnLane ? frameOf(event) : null);
    if (event.currentTarget.hasPointerCapture(event.pointerId)) player.seek(frameOf(event));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { PageUp: -10, PageDown: 10 };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    player.step(by);
  };

  const span = spanOf(width);
  return (
    <div className={styles.scroll}>
      <div
        ref={surface}
        className={styles.surface}
        role="slider"
        tabIndex={0}
        aria-label="Position"
        aria-valuemin={0}
        aria-valuemax={frameCount - 1}
        aria-valuenow={playhead}
        aria-valuetext={`Frame ${playhead} of ${frameCount}`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHover(null)}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} className={styles.lanes} height={height} />
        {width > 0 && (
          <svg className={styles.markers} height={height} aria-hidden="true">
            {hover !== null && (
              <g transform={`translate(${xOfFrame(hover, frameCount, span)} 0)`}>
                <line className={styles.hoverLine} y1={0} y2={height} />
                <text
                  className={styles.hoverText}
                  x={hover > frameCount * 0.85 ? -6 : 6}
                  y={14}
                  textAnchor={hover > frameCount * 0.85 ? 'end' : 'start'}
                >
                  {formatTime((hover * 1000) / media.averageFps)} · {hover}
                </text>
              </g>
            )}
            <g transform={`translate(${xOfFrame(playhead, frameCount, span)} 0)`}>
              <line className={styles.playhead} y1={20} y2={height} />
              <path className={styles.playheadGrip} d="M-5 16h10v5l-5 5l-5-5z" />
            </g>
          </svg>
        )}
      </div>
    </div>
  );
};
