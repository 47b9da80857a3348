/** Presses on the picture as prompts, strokes, picks and pans. */
import { useMemo, useState } from 'react';
import { useApp } from '../../app/app-context.ts';
import type { AppModel } from '../../app/app-model.ts';
import { addToast } from '../../state/app-store.ts';
import { withRegion } from '../../state/find-form.ts';
import { objectsOf, promptOn, shownObjects, withToggled } from '../../state/window-state.ts';
import type { BrushTarget } from './brush.ts';
import { isInMask, maskFromLogits, maskFromText } from './brush-mask.ts';
import { boxBetween, imageFromCanvas, isInside, type Point } from './geometry.ts';
import { PointerGesture } from './pointer-gesture.ts';
import { viewerText } from './strings.ts';

const round = (value: number): number => Math.round(value * 100) / 100;

/** The topmost object whose mask holds a source pixel, or null. */
export const objectAt = ({ player, store }: AppModel, { x, y }: Point): number | null => {
  const state = store.getState();
  const media = state.session?.media;
  const picture = player.shown;
  if (!media || !picture || !state.areMasksVisible) return null;
  for (const object of [...shownObjects(objectsOf(state))].reverse()) {
    const overlay = picture.overlays.find(({ objectId }) => objectId === object.id);
    if (overlay && isInMask(overlay, x, y, media.width, media.height)) return object.id;
  }
  return null;
};

/** What a stroke paints on: the user's own mask where there is one, else the one the model found. */
const brushTarget = ({ player, store }: AppModel): BrushTarget => {
  const state = store.getState();
  const { width, height } = state.session!.media;
  const object = objectsOf(state).find(({ id }) => id === state.selectedId);
  const overlay = player.shown?.overlays.find(({ objectId }) => objectId === object?.id);
  const own = object && promptOn(state, object.id, state.shownFrame).mask;
  const base = own ? maskFromText(own) : overlay ? maskFromLogits(overlay, width, height) : null;
  return { image: { width, height }, color: object?.color ?? '#ffffff', base };
};

export interface BoxDraft {
  from: Point;
  to: Point;
}

export const useViewerGesture = (): { gesture: PointerGesture; draft: BoxDraft | null } => {
  const app = useApp();
  const [draft, setDraft] = useState<BoxDraft | null>(null);
  const gesture = useMemo(() => {
    const { store, viewport, prompts, brush, player } = app;
    const inImage = (p: Point): Point => imageFromCanvas(viewport.store.getState().view, p);
    const image = () => viewport.store.getState().image;
    return new PointerGesture({
      click: (at, isNegative) => {
        const p = inImage(at);
        if (!isInside(p, image())) return;
        const label = isNegative ? 0 : store.getState().promptLabel;
        void prompts.addPoint({ x: round(p.x), y: round(p.y), label });
      },
      pick: (at, isAlso) => {
        const id = objectAt(app, inImage(at));
        if (id !== null) store.setState((s) => (isAlso ? withToggled(s, id) : { selectedId: id, alsoSelected: [] }));
      },
      dragBox: (from, to) => setDraft({ from, to }),
      endBox: (from, to) => {
        setDraft(null);
        const box = boxBetween(inImage(from), inImage(to), image());
        if (!box || box.width < 2 || box.height < 2) return;
        if (store.getState().findForm.drawing === null)
          void prompts.setBox({ x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) });
        else store.setState((s) => ({ findForm: withRegion(s.findForm, box) }));
      },
      cancelBox: () => setDraft(null),
      startStroke: (at, isErasing) => {
        const { activeId: sessionId, selectedId: objectId, shownFrame: frame, strokeCount } = store.getState();
        if (sessionId === null || prompts.isLocked()) return;
        if (isErasing && objectId === null && strokeCount === 0) {
          addToast(store, 'info', viewerText.nothingToErase);
          return;
        }
        player.stay();
        brush.start(inImage(at), isErasing, { sessionId, objectId, frame }, () => brushTarget(app));
      },
      extendStroke: (to) => brush.extend(inImage(to)),
      pan: (dx, dy) => viewport.panBy(dx, dy),
    });
  }, [app]);
  return { gesture, draft };
};
