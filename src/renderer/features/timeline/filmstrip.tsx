/** Small pictures along the clip. */
import { useEffect, useRef, useState } from 'react';
import type { Media } from '../../../shared/contract/state.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { prepareCanvas, tokensOf } from './draw-ruler.ts';
import { filmstripTiles } from './filmstrip-tiles.ts';
import { type LaneSpan, xOfEdge } from './lane-geometry.ts';
import styles from './timeline.module.css';
import type { TimelineRange } from './timeline-view.ts';

export const filmstripHeight = 40;

interface FilmstripProps {
  media: Media;
  width: number;
  span: LaneSpan;
  range: TimelineRange;
}

export const Filmstrip = ({ media, width, span, range }: FilmstripProps) => {
  const { thumbnails } = useApp();
  const theme = useAppState((s) => s.theme);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [arrived, setArrived] = useState(0);
  const { left, width: spanWidth } = span;

  useEffect(() => thumbnails.onArrival(() => setArrived((n) => n + 1)), [thumbnails]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a picture that arrived and the theme change what is drawn
  useEffect(() => {
    if (!canvas.current || width === 0) return;
    const context = prepareCanvas(canvas.current, width, filmstripHeight);
    if (!context) return;
    const lane = tokensOf(canvas.current)('--lane');
    context.save();
    context.beginPath();
    context.rect(left, 0, spanWidth, filmstripHeight);
    context.clip();
    const tileWidth = filmstripHeight * Math.min(3, Math.max(0.4, media.width / media.height));
    thumbnails.forget();
    // Asked for from the right, so that the newest wish, which is served first, is the leftmost.
    for (const { frame, end } of filmstripTiles(range, spanWidth, tileWidth).reverse()) {
      const x = xOfEdge(frame, range, { left, width: spanWidth });
      const tile = xOfEdge(end, range, { left, width: spanWidth }) - x;
      context.fillStyle = lane;
      context.fillRect(x, 0, tile, filmstripHeight);
      const picture = thumbnails.get(frame, end);
      if (picture) drawCover(context, picture, x, Math.max(tile, 1));
    }
    context.restore();
  }, [thumbnails, media, width, left, spanWidth, range, arrived, theme]);

  return <canvas ref={canvas} data-part="filmstrip" className={styles.filmstrip} height={filmstripHeight} />;
};

/** Fills the tile; what is too much is cut off evenly on both sides. */
const drawCover = (context: CanvasRenderingContext2D, picture: HTMLCanvasElement, x: number, width: number): void => {
  const scale = Math.max(width / picture.width, filmstripHeight / picture.height);
  const sourceWidth = width / scale;
  const sourceHeight = filmstripHeight / scale;
  const sourceX = (picture.width - sourceWidth) / 2;
  const sourceY = (picture.height - sourceHeight) / 2;
  context.drawImage(picture, sourceX, sourceY, sourceWidth, sourceHeight, x, 0, width, filmstripHeight);
};
