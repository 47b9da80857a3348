/** The picture and the time under the pointer, above the timeline. */
import { useEffect, useRef, useState } from 'react';
import type { Media } from '../../../shared/contract/state.ts';
import { useApp } from '../../app/app-context.ts';
import styles from './timeline.module.css';
import { useClock } from './use-clock.ts';

interface HoverCardProps {
  media: Media;
  frame: number;
  /** Where the pointer is, in px of the timeline's width. */
  x: number;
  width: number;
  /** Frames a pixel stands for: neighbours within one share a picture. */
  framesPerPixel: number;
}

const cardWidth = 160;

export const HoverCard = ({ media, frame, x, width, framesPerPixel }: HoverCardProps) => {
  const { thumbnails } = useApp();
  const clock = useClock();
  const holder = useRef<HTMLDivElement>(null);
  const [, setArrived] = useState(0);
  const step = Math.max(1, 2 ** Math.round(Math.log2(Math.max(1, framesPerPixel * 4))));
  const pictured = Math.min(media.frameCount - 1, Math.floor(frame / step) * step);

  useEffect(() => thumbnails.onArrival(() => setArrived((n) => n + 1)), [thumbnails]);
  useEffect(() => {
    const picture = thumbnails.get(pictured, pictured + step);
    // The filmstrip may show the same picture; an element can be in one place alone.
    if (picture && holder.current) {
      const copy = document.createElement('canvas');
      copy.width = picture.width;
      copy.height = picture.height;
      copy.getContext('2d')?.drawImage(picture, 0, 0);
      holder.current.replaceChildren(copy);
    }
  });

  const left = Math.min(width - cardWidth / 2 - 8, Math.max(cardWidth / 2 + 8, x));
  return (
    <div className={styles.card} style={{ left }} aria-hidden="true">
      <div
        ref={holder}
        data-part="hover-picture"
        className={styles.cardPicture}
        style={{ aspectRatio: `${media.width} / ${media.height}` }}
      />
      <span className={styles.cardText}>
        {clock(frame)} · {frame}
      </span>
    </div>
  );
};
