/** Words of the messages and of the banner above the picture. */
export const noticeText = {
  messages: 'Messages',
  dismiss: 'Dismiss',
  goThere: 'Go to tab',
  lost: 'Connection lost. Reconnecting… Your work is saved.',
  unanswered: 'The app does not respond. Open the address that "sam2-video serve" printed, including the token, or restart it. Retrying…',
  failed: 'The engine could not start.',
  startAgain: 'Start again',
  starting: 'The engine is starting…',
  loading: (name: string): string => `Loading ${name}…`,
  restarting: 'The engine is restarting…',
};
