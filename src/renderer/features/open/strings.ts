/** Words of opening a clip. */
export const openText = {
  title: 'Track anything in a video',
  what: 'Click an object once; it is followed through the clip, on this machine.',
  open: 'Open a clip',
  openAction: 'Open',
  fetch: 'Fetch and open',
  fetchTitle: 'Record it first; it opens as a clip when it ends, or when you stop it',
  watch: 'Watch live',
  watchTitle: 'Show, record and track it while it comes',
  sample: 'Open the sample clip',
  camera: 'Camera',
  opening: 'Opening…',
  starting: 'The engine is starting…',
  dropHere: 'Or drop a video here, or paste its address.',
  onlyFirst: (name: string, others: number): string =>
    `One clip is open at a time: ${name} is opened, the other ${others === 1 ? 'file is' : `${others} files are`} not.`,
  noFolder: (name: string): string =>
    `A browser hands over single files. To open the folder ${name}, give its path on the machine that runs the app (Ctrl+O).`,
  recents: 'Recent',
  missing: 'Not where it was',
  openedAt: (iso: string): string => new Date(iso).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' }),
  forget: (name: string): string => `Take ${name} off this list`,
  relink: 'The clip is not where it was. Where is it now?',
  relinkAction: 'Open it there',
  choose: 'Choose…',
  cancel: 'Cancel',
  path: 'A video, a folder of numbered pictures (played at the rate in Settings) or a project on the machine that runs SAM2 Video, or an address (http, rtsp, rtmp, srt)',
};
