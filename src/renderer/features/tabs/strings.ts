/** Words of the tabs. */
import type { Operation } from '../../../shared/contract/state.ts';

const names: Partial<Record<Operation['kind'], string>> = {
  track: 'Tracking',
  find: 'The search for objects',
  export: 'Export',
  copy: 'Copy of the project',
};

export const tabText = {
  bar: 'Tabs',
  tabs: 'Open clips',
  open: 'Open another clip',
  close: (name: string): string => `Close ${name}`,
  live: 'Live',
  asleep: (path: string): string => `${path}\nAsleep to save memory. It wakes when you work on it.`,
  unsaved: 'Not saved',
  running: (kind: Operation['kind'], percent: number | null): string => `${names[kind] ?? ''}${percent === null ? '' : `: ${percent} %`}`,
  finished: (kind: Operation['kind'], name: string): string => `${names[kind] ?? ''} finished in ${name}`,
  ask: {
    title: (name: string): string => `Close ${name}?`,
    confirm: 'Stop and close',
    cancel: 'Keep open',
  },
};
