/** The prompt that the bundled clip starts with: the rabbit, where all of it is first seen, without the stones and roots beside it. */
import type { PromptPoint } from '../../../shared/prompts.ts';

export const samplePrompt: { frame: number; points: PromptPoint[] } = {
  frame: 60,
  points: [
    { x: 480, y: 360, label: 1 },
    { x: 450, y: 130, label: 1 },
    { x: 190, y: 370, label: 0 },
    { x: 160, y: 490, label: 0 },
    { x: 110, y: 60, label: 0 },
  ],
};
