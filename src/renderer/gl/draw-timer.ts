/** How long drawings take on the GPU, software ones included: from the call until a fence behind it has been passed. */

/** Between looks at the fence, in ms. */
const lookMs = 4;

export class DrawTimer {
  readonly #gl: WebGL2RenderingContext;
  #fence: WebGLSync | null = null;
  #look: ReturnType<typeof setTimeout> | undefined;
  /** Told the ms of each drawing that is timed; null = none are. One at a time: those during another are not. */
  onDrawn: ((ms: number) => void) | null = null;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** Called behind a drawing. @param startedAt `performance.now()` before it */
  drew(startedAt: number): void {
    if (!this.onDrawn || this.#fence) return;
    this.#fence = this.#gl.fenceSync(this.#gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (!this.#fence) return;
    this.#gl.flush();
    this.#wait(startedAt);
  }

  dispose(): void {
    clearTimeout(this.#look);
    this.#gl.deleteSync(this.#fence);
    this.#fence = null;
    this.onDrawn = null;
  }

  #wait(startedAt: number): void {
    this.#look = setTimeout(() => {
      const gl = this.#gl;
      if (gl.isContextLost()) this.#fence = null;
      else if (gl.getSyncParameter(this.#fence!, gl.SYNC_STATUS) === gl.SIGNALED) {
        gl.deleteSync(this.#fence);
        this.#fence = null;
        this.onDrawn?.(performance.now() - startedAt);
      } else this.#wait(startedAt);
    }, lookMs);
  }
}
