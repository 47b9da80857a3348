import { useStore } from 'zustand';
import { useApp } from '../app/app-context.ts';
import type { FrameTimes } from './frame-times.ts';

/** The clip's frame times; whoever shows some is drawn again when more of them are known. `known` changes then. */
export const useFrameTimes = (): { times: FrameTimes; known: number } => {
  const { times } = useApp();
  const known = useStore(times.store, (s) => s.known);
  return { times, known };
};
