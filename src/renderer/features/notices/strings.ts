/** Words of the messages and of the banner above the picture. */
export const noticeText = {
  messages: 'Messages',
  dismiss: 'Dismiss',
  goThere: 'Go to tab',
  lost: 'The connection to the app was lost. Reconnecting…',
  unanswered: 'The app does not answer. Open the address that "sam2-video serve" printed, token included, or start it again. Trying again…',
  failed: 'The engine could not be started.',
  starting: 'The engine is starting…',
  loading: (name: string): string => `${name} is being loaded…`,
  restarting: 'The engine is restarting…',
};
