import { type RefObject, useEffect } from 'react';
import { useApp } from '../../app/app-context.ts';
import { frameAtX, type LaneSpan } from './lane-geometry.ts';

/**
 * The wheel over the timeline: up zooms in at the pointer, sideways or with Shift it scrolls along the clip; over lanes
 * that do not all fit it scrolls them, and zooms with Ctrl.
 */
export const useTimelineWheel = (surface: RefObject<HTMLElement | null>, body: RefObject<HTMLElement | null>, span: LaneSpan): void => {
  const { timeline } = useApp();
  const { left, width } = span;
  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const onWheel = (event: WheelEvent): void => {
      const lines = event.deltaMode === 1 ? 16 : 1;
      const range = timeline.store.getState();
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      const isOverLanes = body.current?.contains(event.target as Node) ?? false;
      const overflows = (body.current?.scrollHeight ?? 0) > (body.current?.clientHeight ?? 0) + 1;
      if (!event.ctrlKey && Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY))
        timeline.scrollBy((sideways * lines * range.span) / width);
      else if (isOverLanes && overflows && !event.ctrlKey) return;
      else {
        const x = event.clientX - element.getBoundingClientRect().left;
        timeline.zoomBy(Math.exp(event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), frameAtX(x, range, { left, width }));
      }
      event.preventDefault();
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [timeline, surface, body, left, width]);
};
