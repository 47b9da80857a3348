/** Words of the log. */
export const logText = {
  title: 'Log',
  search: 'Search the log',
  level: 'What is shown',
  levels: { all: 'All', warning: 'Warnings and errors', error: 'Errors' },
  lines: 'Messages',
  none: 'Nothing to show.',
  loading: 'Reading the log…',
  withPaths: 'With the names of my files and folders',
  copy: 'Copy diagnostics',
  copyLog: 'Copy these lines',
  copied: 'It is on the clipboard.',
  diagnosticsCopied: 'Diagnostics are on the clipboard.',
  notCopied: 'The browser did not allow the copy. Select the text in the log and copy it by hand.',
  about: 'Diagnostics name the versions, the machine, the model and the last messages. Nothing is sent anywhere.',
};
