/** Words of copying a project. */
export const copyText = {
  title: 'Copy the project',
  about: (folder: string): string => `Your work is saved in ${folder}. A copy is a single folder that opens on any machine.`,
  into: 'Into this folder',
  choose: 'Choose…',
  withClip: 'Include the clip',
  withoutClip: 'Without it, the copy looks for the clip where it is now and asks if it is not there.',
  start: 'Copy',
  cancel: 'Cancel',
  close: 'Close',
  reveal: 'Show in folder',
  progress: 'Project copy progress',
  bytes: (done: string, total: string): string => `${done} of ${total}`,
  left: (duration: string): string => `${duration} left`,
  done: (path: string): string => `Copied to ${path}.`,
  cancelled: 'Copy cancelled. Nothing was left behind.',
};
