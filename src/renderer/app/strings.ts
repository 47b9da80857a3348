/** Words of the window's frame. */
export const appText = {
  title: 'SAM2 Video',
  titleWith: (name: string): string => `${name} – SAM2 Video`,
  side: 'Objects and tracking',
  sidePanels: 'Side panels',
  resizeSide: 'Width of the side panel',
  resizeTimeline: 'Height of the timeline',
  objects: 'Objects',
  memory: 'Memory',
  tools: 'Tools',
  menuBar: 'Menu bar',
};

export const runnerText = {
  undone: (label: string): string => `Undone: ${label}`,
  redone: (label: string): string => `Done again: ${label}`,
  saved: (folder: string): string => `Saved. Every change is, as it is made, in ${folder}`,
  savedLive: 'What comes is recorded as it comes, with everything that is made on it.',
  noPointer: 'Move the pointer first, with Ctrl and the arrow keys.',
  noPrompt: 'There is no further prompt that way.',
  noUnsure: 'No further frame that way is marked as unsure.',
  noObject: 'Select an object first: click it in the list, or press its number.',
  noGap: 'There is no further gap that way: every frame has a result, or the rest belongs to one gap.',
};

export const promptText = {
  locked: 'This object is protected from changes. Its menu in the list of objects takes the protection off.',
  negativeFirst: 'Click an object first; a negative point then takes away what is not part of it.',
};
