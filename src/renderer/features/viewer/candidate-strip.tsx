/** The model's masks for the clicks on this frame as small pictures, once another one was asked for. */
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CandidateMask } from '../../../shared/candidates.ts';
import { decodeRle, expandCounts } from '../../../shared/rle.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { candidateKey, objectsOf, promptOn } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { viewerText as text } from './strings.ts';
import styles from './viewer.module.css';

export const CandidateStrip = () => {
  const { prompts, store } = useApp();
  const key = useAppState(candidateKey);
  const candidates = useAppState((s) => s.candidates);
  const color = useAppState((s) => objectsOf(s).find(({ id }) => id === s.selectedId)?.color ?? '#ffffff');
  const frame = useAppState((s) => s.shownFrame);
  const chosen = useAppState((s) => (s.selectedId === null ? undefined : promptOn(s, s.selectedId, s.shownFrame).candidate));
  if (!candidates || key === null || candidates.key !== key) return null;
  const { masks } = candidates;
  return (
    <div className={styles.candidates} role="toolbar" aria-label={text.candidates}>
      {masks.map((mask, i) => (
        <button
          key={mask.index}
          type="button"
          className={styles.candidate}
          aria-pressed={mask.index === chosen}
          aria-label={text.candidate(i + 1, masks.length, Math.round(mask.predictedIou * 100))}
          title={text.candidate(i + 1, masks.length, Math.round(mask.predictedIou * 100))}
          onClick={() => void prompts.nextMask(mask.index)}
        >
          <MaskPicture mask={mask} color={color} frame={frame} />
        </button>
      ))}
      <Button variant="ghost" size="small" isIcon label={text.closeCandidates} onClick={() => store.setState({ candidates: null })}>
        <X size={13} />
      </Button>
    </div>
  );
};

/** Pixels of a picture for each of the mask's, so that the frame under it is seen. */
const finer = 3;

const MaskPicture = ({ mask, color, frame }: { mask: CandidateMask; color: string; frame: number }) => {
  const { thumbnails } = useApp();
  const ref = useRef<HTMLCanvasElement>(null);
  const [, setArrived] = useState(0);
  useEffect(() => thumbnails.onArrival(() => setArrived((n) => n + 1)), [thumbnails]);
  const [height, width] = mask.size;
  useEffect(() => {
    const context = ref.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, width * finer, height * finer);
    const picture = thumbnails.get(frame);
    if (picture) context.drawImage(picture, 0, 0, width * finer, height * finer);
    context.globalAlpha = 0.65;
    context.fillStyle = color;
    decodeRle({ size: mask.size, counts: expandCounts(mask.counts) }).forEach((isSet, i) => {
      if (isSet) context.fillRect((i % width) * finer, Math.floor(i / width) * finer, finer, finer);
    });
    context.globalAlpha = 1;
  });
  return <canvas ref={ref} width={width * finer} height={height * finer} />;
};
