/** Long work that came to its end, in words for somebody who looks elsewhere. */
import type { AppState, Operation } from '../../../shared/contract/state.ts';

/** What ends sooner was waited for, ms. */
const longMs = 10_000;

/** Kinds that somebody starts and leaves to themselves. */
const names: Partial<Record<Operation['kind'], string>> = {
  track: 'Tracking',
  find: 'The search for objects',
  export: 'The export',
  copy: 'The copy of the project',
  import: 'Downloading the clip',
};

export class EndedWork {
  /** When each that runs was first seen, ms. */
  #since = new Map<string, number>();

  /**
   * @returns a sentence for each that has ended since the last state; none for what was cancelled, since whoever did it
   *   knows
   */
  look({ operations }: Pick<AppState, 'operations'>, nowMs: number): string[] {
    const before = this.#since;
    this.#since = new Map(operations.flatMap(({ id, state }) => (state === 'running' ? [[id, before.get(id) ?? nowMs]] : [])));
    return operations.flatMap(({ id, kind, state, error }) => {
      const since = before.get(id);
      const name = names[kind];
      if (state === 'running' || since === undefined || name === undefined || nowMs - since < longMs) return [];
      if (state === 'done') return [`${name} is done.`];
      return state === 'failed' ? [`${name} stopped. ${error?.message ?? ''}`.trim()] : [];
    });
  }
}

const cutTexts: Partial<Record<Operation['kind'], string>> = {
  track: 'Tracking stopped because its clip was closed. Finished masks are kept. Open the clip again and press Track to continue.',
  find: 'The search for objects stopped because its clip was closed. What it had found is kept.',
  export: 'The export stopped because its clip was closed. Finished files are kept. Open the clip again to export the rest.',
  copy: 'Copying stopped because the project was closed. Open it again to copy it.',
};

/** What whoever closes a clip, or opens another, ends without having said so. */
export const cutWork = (operations: readonly Pick<Operation, 'kind' | 'state'>[]): string[] =>
  operations.flatMap(({ kind, state }) => (state === 'running' ? (cutTexts[kind] ?? []) : []));
