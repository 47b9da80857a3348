/** Work that stops when its clip is closed or the app ends. Whoever closes is asked first. */
import type { Operation } from './contract/state.ts';

const cutKinds = ['track', 'find', 'export', 'copy', 'import', 'live'] as const satisfies readonly Operation['kind'][];
export type CutKind = (typeof cutKinds)[number];

/** What becomes of the work, for the question. */
export const cutTexts: Readonly<Record<CutKind, string>> = {
  track: 'Tracking stops. The frames tracked so far are kept.',
  find: 'The search for objects stops. What it has found is kept.',
  export: 'The export stops. Files that are complete are kept; the unfinished one is deleted.',
  copy: 'Copying the project stops, and the unfinished copy is deleted.',
  import: 'The download of the clip stops.',
  live: 'The live source stops. What was recorded is kept as a project.',
};

/** @param sessionId of one session alone; an import goes on when the session is closed */
export const cutKindsOf = (
  operations: readonly Pick<Operation, 'kind' | 'state' | 'sessionId'>[],
  sessionId: string | null = null,
): readonly CutKind[] =>
  cutKinds.filter((cut) =>
    operations.some(
      ({ kind, state, sessionId: of }) =>
        kind === cut && state === 'running' && (sessionId === null || (of === sessionId && kind !== 'import')),
    ),
  );
