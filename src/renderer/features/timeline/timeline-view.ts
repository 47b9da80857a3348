/** Which frames the timeline shows. Frame n takes the width from n to n + 1; the view never leaves the clip. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface TimelineRange {
  /** The first frame in view; may be between frames. */
  start: number;
  /** How many frames the width holds. */
  span: number;
  frameCount: number;
}

/** Zoomed in most, this many frames fill the width. */
const fewestFrames = 12;

export const clampRange = ({ start, span, frameCount }: TimelineRange): TimelineRange => {
  const wide = Math.min(frameCount, Math.max(Math.min(fewestFrames, frameCount), span));
  return { start: Math.min(frameCount - wide, Math.max(0, start)), span: wide, frameCount };
};

/** Changes the span so that `frame` stays where it is. @param factor > 1 shows more */
export const zoomRange = (range: TimelineRange, factor: number, frame: number): TimelineRange => {
  const span = clampRange({ ...range, span: range.span * factor }).span;
  return clampRange({ ...range, span, start: frame - ((frame - range.start) * span) / range.span });
};

/** Scrolls as little as brings a frame into view, a page at a time when it runs out on the right. */
export const revealFrame = (range: TimelineRange, frame: number): TimelineRange => {
  const margin = Math.min(range.span * 0.05, 20);
  if (frame + 1 > range.start + range.span - margin) {
    const isNear = frame < range.start + range.span * 1.2;
    return clampRange({ ...range, start: isNear ? frame - range.span * 0.1 : frame - range.span / 2 });
  }
  if (frame < range.start + margin) {
    const isNear = frame > range.start - range.span * 0.2;
    return clampRange({ ...range, start: isNear ? frame - range.span * 0.9 : frame - range.span / 2 });
  }
  return range;
};

export class TimelineView {
  readonly store: StoreApi<TimelineRange> = createStore<TimelineRange>(() => ({ start: 0, span: 1, frameCount: 1 }));

  setFrameCount(frameCount: number): void {
    this.store.setState({ start: 0, span: frameCount, frameCount });
  }

  /** Goes back to a former view, of the clip as it was then. */
  restore(former: TimelineRange): void {
    const { frameCount } = this.store.getState();
    this.store.setState(former);
    this.grow(frameCount);
  }

  /** The clip got longer; a view of the whole stays one. */
  grow(frameCount: number): void {
    const range = this.store.getState();
    if (range.span >= range.frameCount) this.setFrameCount(frameCount);
    else this.store.setState({ ...range, frameCount });
  }

  fit(): void {
    this.setFrameCount(this.store.getState().frameCount);
  }

  zoomBy(factor: number, frame: number): void {
    this.store.setState(zoomRange(this.store.getState(), factor, frame));
  }

  /** @param frames to the right */
  scrollBy(frames: number): void {
    const range = this.store.getState();
    this.store.setState(clampRange({ ...range, start: range.start + frames }));
  }

  /** Brings the playhead into view if it is not. */
  reveal(frame: number): void {
    const range = this.store.getState();
    const next = revealFrame(range, frame);
    if (next !== range) this.store.setState(next);
  }
}
