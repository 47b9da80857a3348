/** Words of the log. */
export const logText = {
  title: 'Log',
  search: 'Search the log',
  level: 'Show',
  levels: { all: 'All', warning: 'Warnings and errors', error: 'Errors' },
  lines: 'Messages',
  none: 'Nothing to show.',
  loading: 'Reading the log…',
  withPaths: 'Include names of my files and folders',
  copy: 'Copy diagnostics',
  copyLog: 'Copy these lines',
  copied: 'Copied.',
  diagnosticsCopied: 'Diagnostics copied.',
  notCopied: 'The browser blocked copying. Select the text in the log and copy it by hand.',
  about: 'Diagnostics list versions, the machine, the model and the last messages. Nothing is sent anywhere.',
};
