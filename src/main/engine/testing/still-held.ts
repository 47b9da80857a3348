/** Which values are still in use after everything else was collected. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** @returns how many of the values something still holds */
export const stillHeld = async (values: readonly WeakRef<object>[]): Promise<number> => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // A value that was looked at, or made, in this turn is held until the turn ends.
  await new Promise(setImmediate);
  collect();
  return values.filter((value) => value.deref() !== undefined).length;
};
