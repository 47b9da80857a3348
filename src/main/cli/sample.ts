/** The bundled clip and the prompt that starts it: the rabbit, on the frame where all of it is first seen. */
import type { CliObject } from './prompt-options.ts';

export const sampleObjects: CliObject[] = [
  { name: 'Rabbit', prompts: [{ frame: 60, points: [{ x: 480, y: 360, label: 1 }], box: null, maskFile: null }] },
];
