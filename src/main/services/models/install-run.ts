/** How long work on a model is watched and ended. */
import type { ModelTask } from '../../../shared/models.ts';

/** Bytes done of all; a total of 0 = not known. */
export type InstallProgress = Pick<ModelTask, 'phase' | 'done' | 'total'>;

export interface InstallRun {
  signal: AbortSignal;
  onProgress: (progress: InstallProgress) => void;
}
