/**
 * Gives an engine that knows nothing of a clip all prompts of the work, beside whatever else is done: the window shows
 * the clip and its stored masks at once, and only what needs the engine's own memory of the objects waits.
 */
import { AppError } from '../../../shared/errors.ts';
import type { FramePrompt } from '../../../shared/prompts.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { LoadWatch } from '../base/model-user.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { ObjectList } from './object-list.ts';

export interface ReplayDeps {
  sessionId: string;
  engine: () => EnginePeer;
  objects: () => ObjectList;
  /** A prompt the engine could not take. */
  onRefused: (objectName: string, frame: number, reason: AppError) => void;
}

export class PromptReplay {
  readonly #deps: ReplayDeps;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(deps: ReplayDeps) {
    this.#deps = deps;
  }

  /** Begins anew, for an engine that has just opened the clip. */
  begin(): void {
    this.#isStopped = false;
    const before = this.#running ?? Promise.resolve();
    const running = before
      .then(() => this.#giveAll())
      .finally(() => {
        if (this.#running === running) this.#running = null;
      });
    this.#running = running;
  }

  /** Resolves when the engine knows every prompt that it could take. Never rejects. */
  async done(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** The engine lets go of the clip: prompts that it was not given yet are not needed. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Gives all prompts to a model that was loaded in the place of another.
   * @throws AppError why a prompt was refused; `cancelled`
   */
  async giveToModel(onResult: (frame: number, result: EngineResult) => void, watch?: LoadWatch): Promise<void> {
    const wasRunning = this.#running !== null;
    await this.done();
    const { sessionId, engine } = this.#deps;
    const all = this.#deps.objects().flatMap(({ id, prompts }) => prompts.map((prompt) => ({ id, prompt })));
    let done = 0;
    for (const { id, prompt } of all) {
      watch?.signal.throwIfAborted();
      // A prompt that is there already would colour the mask of the same one given again.
      if (wasRunning) await engine().call('clearPrompts', { sessionId, objectId: id, frame: prompt.frame });
      onResult(prompt.frame, await this.#give(id, prompt));
      watch?.onProgress(++done, all.length);
    }
  }

  async #giveAll(): Promise<void> {
    for (const { id, name, prompts } of this.#deps.objects())
      for (const prompt of prompts) {
        if (this.#isStopped) return;
        try {
          await this.#give(id, prompt);
        } catch (thrown) {
          const error = AppError.from(thrown);
          // A lost engine is given everything when it is back.
          if (error.code === 'engine-lost' || this.#isStopped) return;
          this.#deps.onRefused(name, prompt.frame, error);
        }
      }
  }

  async #give(objectId: number, { frame, points, box, mask, candidate }: FramePrompt): Promise<EngineResult> {
    const { sessionId } = this.#deps;
    const engine = this.#deps.engine();
    return mask
      ? engine.call('setMask', { sessionId, objectId, frame, mask })
      : engine.call('setPoints', { sessionId, objectId, frame, points, box, prior: null, candidate: candidate ?? null });
  }
}
