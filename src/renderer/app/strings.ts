/** Words of the window's frame. */
export const appText = {
  title: 'SAM2 Video',
  titleWith: (name: string): string => `${name} – SAM2 Video`,
  side: 'Objects and tracking',
  sidePanels: 'Side panels',
  resizeSide: 'Width of the side panel',
  resizeTimeline: 'Height of the timeline',
  objects: 'Objects',
  review: 'Review',
  found: 'Found',
  memory: 'Memory',
  tools: 'Tools',
  menuBar: 'Menu bar',
};

export const runnerText = {
  undone: (label: string): string => `Undone: ${label}`,
  redone: (label: string): string => `Redone: ${label}`,
  saved: (folder: string): string => `Saved. Every change is saved at once, in ${folder}`,
  savedLive: 'The live video and your work on it are saved as they happen.',
  noPointer: 'Move the pointer first, with Ctrl and the arrow keys.',
  noPrompt: 'No more prompts in this direction.',
  noUnsure: 'No more places to review in this direction.',
  nothingToReview: 'Nothing to review: no losses, no jumps, no doubts.',
  noObject: 'Select an object first: click it in the list, or press its number.',
  merging: (name: string, into: string): string => `${name} is being merged into ${into}. Try again in a moment.`,
  noGap: 'No more losses or untracked frames in this direction.',
};

export const promptText = {
  strokesApplied: (frame: number): string => `Your strokes on frame ${frame} were applied. Undo (Ctrl+Z) removes them.`,
  locked: 'This object is protected from changes. Remove the protection in its menu in the list of objects.',
  negativeFirst: 'Click an object first. Negative points then exclude what is not part of it.',
};
