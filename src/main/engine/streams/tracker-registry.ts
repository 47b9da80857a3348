/** The trackers that a stream may name. */
import { AppError } from '../../../shared/errors.ts';
import { Sam2RealtimeTracker, type TrackerContext } from './sam2-realtime-tracker.ts';
import type { StreamTracker } from './stream-tracker.ts';

export type CreateTracker = (context: TrackerContext) => StreamTracker;

export class TrackerRegistry {
  readonly #known = new Map<string, CreateTracker>();

  /** @throws AppError `bad-request` for a name that is taken */
  register(name: string, create: CreateTracker): void {
    if (this.#known.has(name)) throw new AppError('bad-request', `There is a tracker "${name}" already. Choose another name.`);
    this.#known.set(name, create);
  }

  get names(): string[] {
    return [...this.#known.keys()];
  }

  /** @throws AppError `bad-request` for a name nobody registered */
  create(name: string, context: TrackerContext): StreamTracker {
    const create = this.#known.get(name);
    if (!create) throw new AppError('bad-request', `There is no tracker "${name}". Known: ${this.names.join(', ')}.`);
    return create(context);
  }
}

/** With what comes with the app. */
export const defaultTrackers = (): TrackerRegistry => {
  const registry = new TrackerRegistry();
  registry.register('sam2_realtime', (context) => new Sam2RealtimeTracker(context));
  return registry;
};
