/** Where the bundled clip's object is prompted. */
import type { PromptPoint } from '../../../shared/prompts.ts';

/** On the squirrel's belly; the embedded model holds it on every frame. */
export const samplePrompt: { frame: number; points: PromptPoint[] } = {
  frame: 0,
  points: [{ x: 430, y: 470, label: 1 }],
};
