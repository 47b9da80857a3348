/** Strokes of the brush become a mask when the user applies them, or leaves the object or the frame they belong to. */
import type { CommandId } from '../../shared/commands.ts';
import type { Brush } from '../features/viewer/brush.ts';
import { type AppStore, addToast } from '../state/app-store.ts';
import { sessionOf } from '../state/sessions.ts';
import type { PromptActions } from './prompt-actions.ts';
import { promptText } from './strings.ts';

export interface StrokeActions {
  /** Resolves when the host has the mask. */
  apply(): Promise<void>;
  /** Applies strokes whose object or frame is no longer the one on screen; the user is told. */
  applyIfLeft(): void;
}

/** Whether a command works with what is painted, which has to be applied first. */
export const needsStrokes = (id: CommandId): boolean =>
  (id.startsWith('track.') && id !== 'track.follow') ||
  (['clip.export', 'project.copy', 'tab.close', 'live.stop', 'object.merge', 'prompt.nextMask'] satisfies CommandId[] as string[]).includes(
    id,
  );

export const createStrokeActions = (store: AppStore, brush: Brush, prompts: PromptActions): StrokeActions => {
  /** The mask is on its way when this returns. */
  const applyNow = (): void => {
    const painted = brush.take();
    if (!painted) return;
    const { mask, place } = painted;
    // With the object its strokes are gone.
    const isThere = sessionOf(store.getState(), place.sessionId)?.objects.some(({ id }) => id === place.objectId);
    if (place.objectId !== null && !isThere) return;
    void prompts.setMask(mask, place);
    addToast(store, 'info', promptText.strokesApplied(place.frame), { about: 'history', sessionId: place.sessionId });
  };
  return {
    apply: async () => {
      const { place } = brush;
      // The mask of a click that is still on its way is part of what is applied.
      await prompts.settled();
      // Left meanwhile, they are applied already.
      if (brush.place !== place) return;
      const painted = brush.take();
      if (painted) await prompts.setMask(painted.mask, painted.place);
    },
    applyIfLeft: () => {
      const { place } = brush;
      const { activeId, selectedId, playhead } = store.getState();
      if (place && (place.sessionId !== activeId || place.objectId !== selectedId || place.frame !== playhead)) applyNow();
    },
  };
};
