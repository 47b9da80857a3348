/** Keeps what is not in the store of each session the window has looked at: the zoom and the place on the timeline. */
import type { TimelineRange, TimelineView } from '../features/timeline/timeline-view.ts';
import type { Viewport, ViewportState } from '../features/viewer/viewport.ts';

interface KeptView {
  viewport: ViewportState;
  timeline: TimelineRange;
}

interface Parts {
  viewport: Viewport;
  timeline: TimelineView;
}

export class ViewKeeper {
  readonly #parts: Parts;
  readonly #kept = new Map<string, KeptView>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The session is no longer on screen. */
  leave(sessionId: string): void {
    const { viewport, timeline } = this.#parts;
    this.#kept.set(sessionId, {
      viewport: viewport.store.getState(),
      timeline: timeline.store.getState(),
    });
  }

  /** The session's picture is on screen now. @param clip its size in px and its length */
  show(sessionId: string, clip: { width: number; height: number; frameCount: number }): void {
    const { viewport, timeline } = this.#parts;
    const kept = this.#kept.get(sessionId);
    this.#kept.delete(sessionId);
    viewport.setImage({ width: clip.width, height: clip.height });
    timeline.setFrameCount(clip.frameCount);
    if (!kept) return;
    viewport.restore(kept.viewport);
    timeline.restore(kept.timeline);
  }

  /** Only these sessions are open. */
  keepOnly(isOpen: (sessionId: string) => boolean): void {
    for (const id of this.#kept.keys()) if (!isOpen(id)) this.#kept.delete(id);
  }
}
