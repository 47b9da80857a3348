/** How V8 goes about tensors that are dropped. */
import { setFlagsFromString } from 'node:v8';

/**
 * Each frame leaves some MB of tensors behind, and the heap beside them is small: by V8's own rule every third frame
 * all of it is marked anew, which takes a tenth of the time of a frame on two cores. The heap may grow fivefold first
 * (some 60 MB in each thread that runs graphs). For all threads of this process, from their next marking on.
 */
export const tolerateTensorGarbage = (): void => setFlagsFromString('--heap-growing-percent=400');
