/** Words of opening a clip. */
export const openText = {
  title: 'Track anything in a video',
  what: 'Click an object once; it is followed through the clip, on this machine.',
  open: 'Open a clip',
  openAction: 'Open',
  sample: 'Open the sample clip',
  opening: 'Opening…',
  starting: 'The engine is starting…',
  dropHere: 'Or drop a video here, or paste its address.',
  recents: 'Recent',
  missing: 'Not where it was',
  openedAt: (iso: string): string => new Date(iso).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' }),
  forget: (name: string): string => `Take ${name} off this list`,
  relink: 'The clip is not where it was. Where is it now?',
  relinkAction: 'Open it there',
  choose: 'Choose…',
  cancel: 'Cancel',
  path: 'Path of a video or a project folder, on the machine that runs SAM2 Video',
  dropInBrowser: (name: string): string =>
    `A browser does not tell where "${name}" lies. Type its path on the machine that runs SAM2 Video, or use the desktop app to drop files.`,
};
