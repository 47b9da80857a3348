/** Words of the file browser. */
export const filesText = {
  label: 'Files on the machine that runs SAM2 Video',
  search: 'Search this folder',
  up: 'Up to the folder above',
  start: 'All folders',
  send: 'Send a file from this device…',
  loading: 'Reading the folder…',
  none: 'Nothing to open here.',
  noMatch: (query: string): string => `Nothing here is named "${query}".`,
  cut: (shown: string): string => `Only the first ${shown} entries are shown. Search, or type the path.`,
  found: (shown: string): string => `${shown} shown`,
  kinds: { folder: 'Folder', project: 'Project', video: 'Video', picture: 'Picture' },
} as const;
