/** Words of the hints and of the list of keys. */
export const helpText = {
  hint: 'Hint',
  step: (n: number, of: number): string => `${n} of ${of}`,
  gotIt: 'Got it',
  hints: [
    'Click any object in the picture: its mask appears at once. Or drag a box around it.',
    'Click again to refine; right-click or Alt+click what is not part of it. Then press T to track.',
    'Correct any frame by clicking in it, then track again. Esc stops tracking and keeps the frames that are done.',
  ],
  /** In place of the last hint while no object is selected. */
  another:
    'Click something else in the picture to add a second object. To correct an object, choose it in the list and click in any frame.',
  title: 'Keyboard and mouse',
  search: 'Search commands and keys',
  press: 'Press keys…',
  change: (label: string): string => `Change the key of "${label}"`,
  reset: (label: string): string => `Reset the keys of "${label}"`,
  resetAll: 'Reset all shortcuts',
  print: 'Print',
  noKey: 'none',
  held: (label: string): string => `${label} (hold to peek)`,
  taken: (owners: string): string => `Taken from: ${owners}.`,
  mouse: 'Mouse',
  mouseRows: [
    ['Click', 'This is the object'],
    ['Right-click, Alt+click', 'This is not the object'],
    ['Ctrl+click', 'Select the object under the pointer'],
    ['Ctrl+Shift+click', 'Add it to the selection'],
    ['Drag', 'Box around the object'],
    ['Click a point', 'Remove it'],
    ['Wheel', 'Zoom at the pointer, in the picture and on the timeline'],
    ['Shift+wheel, two fingers sideways', 'Move sideways'],
    ['Space+drag, middle drag', 'Move the picture'],
  ],
  how: 'Click a key to change it. Esc keeps it.',
} as const;
