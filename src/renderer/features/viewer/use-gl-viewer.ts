/**
 * Keeps the GL viewer in step: pictures from the player, styles from the store, size from the page, zoom from the
 * viewport.
 */
import { type RefObject, useEffect } from 'react';
import { useStore } from 'zustand';
import { useApp, useAppState } from '../../app/app-context.ts';
import type { ViewerRenderer } from '../../gl/viewer-renderer.ts';
import { objectsOf, shownObjects } from '../../state/window-state.ts';

export const useGlViewer = (renderer: ViewerRenderer | null, stage: RefObject<HTMLElement | null>): void => {
  const { player, viewport } = useApp();
  const sessionId = useAppState((s) => s.session?.id ?? null);
  const width = useAppState((s) => s.session?.media.width ?? 1);
  const height = useAppState((s) => s.session?.media.height ?? 1);
  const objects = useAppState(objectsOf);
  const selectedId = useAppState((s) => s.selectedId);
  const alsoSelected = useAppState((s) => s.alsoSelected);
  const areMasksVisible = useAppState((s) => s.areMasksVisible);
  const fillOpacity = useAppState((s) => s.prefs.fillOpacity);
  const areContoursShown = useAppState((s) => s.prefs.areContoursShown);
  const hoveredId = useAppState((s) => s.hoveredId);
  const isPainting = useAppState((s) => s.strokeCount > 0);
  const drawingShare = useAppState((s) => s.drawingShare);
  const isTimed = useAppState((s) => s.isPlaying && s.prefs.playingQuality === 'automatic');
  const view = useStore(viewport.store, (s) => s.view);

  useEffect(() => {
    if (!renderer) return;
    if (player.shown) renderer.setPicture(player.shown);
    const stopPictures = player.pictures.add((message) => renderer.setPicture(message));
    const stopOverlays = player.overlays.add((message) => renderer.setOverlays(message.overlays));
    return () => {
      stopPictures();
      stopOverlays();
    };
  }, [renderer, player]);

  useEffect(() => {
    if (!renderer) return;
    // Of a tab that was looked at before, the last picture is there already.
    if (sessionId === null || !player.shown) renderer.clear();
    renderer.setImageSize(width, height);
  }, [renderer, player, sessionId, width, height]);

  useEffect(() => {
    const element = stage.current;
    if (!renderer || !element) return;
    const observer = new ResizeObserver(() => {
      const size = { width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) };
      viewport.setCanvas(size);
      renderer.setView(viewport.store.getState().view);
      renderer.setSize(size.width, size.height, window.devicePixelRatio);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [renderer, viewport, stage]);

  useEffect(() => renderer?.setShare(drawingShare), [renderer, drawingShare]);

  useEffect(() => {
    if (renderer && isTimed) return renderer.timeDrawings((ms) => player.drawn(ms));
  }, [renderer, player, isTimed]);

  useEffect(() => {
    if (!renderer) return;
    renderer.setView(view);
    player.setDetail(view.scale * window.devicePixelRatio);
  }, [renderer, player, view]);

  useEffect(() => {
    if (!renderer) return;
    // What is being painted is shown by the brush instead.
    const visible = shownObjects(objects).filter(({ id }) => areMasksVisible && !(isPainting && id === selectedId));
    // The selected object is drawn last, on top of what it meets.
    const inOrder = [...visible].sort((a, b) => Number(a.id === selectedId) - Number(b.id === selectedId));
    renderer.setStyles(
      inOrder.map(({ id, color }) => ({
        objectId: id,
        color,
        isSelected: id === selectedId || alsoSelected.includes(id),
        isHovered: id === hoveredId,
      })),
      fillOpacity,
      areContoursShown,
    );
  }, [renderer, objects, selectedId, alsoSelected, areMasksVisible, fillOpacity, areContoursShown, hoveredId, isPainting]);
};
