/** Words of copying a project. */
export const copyText = {
  title: 'Copy the project',
  about: (folder: string): string => `The work is kept in ${folder}. A copy is one folder that opens on any machine.`,
  into: 'Into this folder',
  choose: 'Choose…',
  withClip: 'With the clip inside',
  withoutClip: 'Without it the copy looks for the clip where it is now, and asks when it is not there.',
  start: 'Copy',
  cancel: 'Cancel',
  close: 'Close',
  reveal: 'Show in folder',
  progress: 'Copying the project: how far',
  bytes: (done: string, total: string): string => `${done} of ${total}`,
  left: (duration: string): string => `${duration} left`,
  done: (path: string): string => `The copy is ${path}.`,
  cancelled: 'The copy was cancelled; nothing of it is left.',
};
