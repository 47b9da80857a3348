/** Words of the messages and of the banner above the picture. */
export const noticeText = {
  messages: 'Messages',
  dismiss: 'Dismiss',
  goThere: 'Go to tab',
  lost: 'Connection lost. Reconnecting… Your work is saved.',
  unanswered: 'The app does not respond. Start it again, then open the address that it prints. Retrying…',
  refused: 'The server was started again. Open the address that it printed. Your work is saved.',
  failed: 'The engine could not start.',
  startAgain: 'Start again',
  starting: 'The engine is starting…',
  loading: (name: string): string => `Loading ${name}…`,
  restarting: 'The engine is restarting…',
};
