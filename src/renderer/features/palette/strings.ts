/** Words of the command palette. */
export const paletteText = {
  title: 'Find a command',
  query: 'Command',
  placeholder: 'What do you want to do?',
  list: 'Commands',
  none: 'No matching command. Try another word.',
};
