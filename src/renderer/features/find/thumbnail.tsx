/** A small picture of a found object. */
import { useEffect, useRef } from 'react';
import type { Found } from '../../../shared/discovery.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import styles from './find.module.css';
import { cropOf } from './thumbnail-crop.ts';

const size = { width: 112, height: 84 };

export const Thumbnail = ({ place }: { place: Found['place'] }) => {
  const { thumbnails } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useAppState((s) => s.session?.media.width ?? 0);
  const height = useAppState((s) => s.session?.media.height ?? 0);
  const { frame, box } = place ?? {};
  const key = box && `${box.x} ${box.y} ${box.width} ${box.height}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each push brings another box; its numbers count
  useEffect(() => {
    if (frame === undefined || !box || width === 0) return;
    let isDrawn = false;
    const draw = (): void => {
      if (isDrawn || !canvas.current) return;
      const picture = thumbnails.get(frame);
      if (!picture) return;
      isDrawn = true;
      const part = cropOf(box, { width, height }, picture, size.width / size.height);
      canvas.current.getContext('2d')?.drawImage(picture, part.x, part.y, part.width, part.height, 0, 0, size.width, size.height);
    };
    const stop = thumbnails.onArrival(draw);
    draw();
    return stop;
  }, [thumbnails, frame, key, width, height]);

  return <canvas ref={canvas} className={styles.thumbnail} {...size} />;
};
