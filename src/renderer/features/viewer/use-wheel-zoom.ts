import { type RefObject, useEffect } from 'react';
import { useApp } from '../../app/app-context.ts';

/**
 * The wheel zooms at the pointer (up = in), with Shift it moves sideways, as two fingers do that go sideways; a pinch
 * on a trackpad comes as Ctrl+wheel.
 */
export const useWheelZoom = (stage: RefObject<HTMLElement | null>): void => {
  const { viewport } = useApp();
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    // React listens to wheel passively, which could not keep the page from zooming.
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const delta = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      if (event.shiftKey) viewport.panBy(-(event.deltaX || delta), 0);
      // A wheel has no sideways of its own.
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && !event.ctrlKey) viewport.panBy(-event.deltaX, -event.deltaY);
      else
        viewport.zoomBy(Math.exp(-delta * (event.ctrlKey ? 0.01 : 0.0016)), {
          x: event.clientX - box.left,
          y: event.clientY - box.top,
        });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [viewport, stage]);
};
