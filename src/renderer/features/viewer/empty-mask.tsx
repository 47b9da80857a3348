/** Says that a click found nothing, and what to try. */
import { BoxSelect } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { FrameMessage } from '../../../shared/wire.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { maskChoice } from '../../state/window-state.ts';
import { CommandButton } from '../../ui/button.tsx';
import { viewerText as text } from './strings.ts';
import styles from './viewer.module.css';

/** Whether the model answered for that object with no pixel at all. Of what is hidden nothing is known. */
const isEmptyMask = ({ overlays }: Pick<FrameMessage, 'overlays'>, objectId: number): boolean => {
  const overlay = overlays.find((one) => one.objectId === objectId);
  return overlay !== undefined && !overlay.logits.some((logit) => logit > 0);
};

export const EmptyMask = () => {
  const { player } = useApp();
  /** The selected object, where it was clicked on the frame on screen. */
  const prompted = useAppState((s) => (maskChoice(s) === null ? null : s.selectedId));
  const isComputing = useAppState((s) => s.activeId !== null && s.computing.includes(s.activeId));
  const [isEmpty, setIsEmpty] = useState(false);
  useEffect(() => {
    const look = (): void => setIsEmpty(prompted !== null && player.shown !== null && isEmptyMask(player.shown, prompted));
    look();
    const stops = [player.pictures.add(look), player.overlays.add(look)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [player, prompted]);
  if (!isEmpty || isComputing) return null;
  return (
    <p className={styles.emptyMask} role="status">
      {text.emptyMask}
      <CommandButton command="tool.box" size="small" label={text.drawBox}>
        <BoxSelect size={14} /> {text.drawBox}
      </CommandButton>
    </p>
  );
};
