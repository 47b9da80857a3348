/** The bundled clip and the prompts that start it: the rabbit, where all of it is first seen, without the stones beside it. */
import type { CliObject } from './prompt-options.ts';

export const sampleObjects: CliObject[] = [
  {
    name: 'Rabbit',
    prompts: [
      {
        frame: 60,
        points: [
          { x: 480, y: 360, label: 1 },
          { x: 450, y: 130, label: 1 },
          { x: 190, y: 370, label: 0 },
          { x: 160, y: 490, label: 0 },
        ],
        box: null,
        maskFile: null,
      },
    ],
  },
];
