/** How the making of an int8 version is watched and ended. */
import { AppError } from '../../../../shared/errors.ts';
import type { QuantizeRun } from '../../api/measured-loss.ts';

/** Nobody watches. */
export const unwatched: QuantizeRun = { signal: new AbortController().signal, onStep: () => {} };

/** A step is done. @throws AppError `cancelled` */
export const stepDone = ({ signal, onStep }: QuantizeRun): void => {
  if (signal.aborted) throw new AppError('cancelled', 'The int8 version was cancelled. Nothing was left behind.');
  onStep();
};
