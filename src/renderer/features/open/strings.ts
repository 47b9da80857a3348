/** Words of opening a clip. */
import { formatMoment } from '../../../shared/language.ts';
export const openText = {
  title: 'Track anything in a video',
  what: 'Click an object once and follow it through the clip, on this machine.',
  open: 'Open a clip',
  openAction: 'Open',
  fetch: 'Download and open',
  fetchTitle: 'Record it first. It opens as a clip when it ends or when you stop it.',
  unknownScheme: (scheme: string): string =>
    /^(https?|rtsps?|rtmps?|srt)$/.test(scheme)
      ? 'The address is not complete.'
      : `${scheme} is not supported. Use http, https, rtsp, rtmp or srt, or the path of a file.`,
  watch: 'Watch live',
  watchTitle: 'Show, record and track it live',
  sample: 'Open the sample clip',
  camera: 'Camera',
  opening: 'Opening…',
  starting: 'The engine is starting…',
  loading: (name: string): string => `Loading ${name}…`,
  dropHere: 'Or drop a video here, or paste one or its address.',
  noFolder: (name: string): string =>
    `A browser can pass on single files only. To open the folder ${name}, enter its path on the machine that runs the app (Ctrl+O).`,
  recents: 'Recent',
  missing: 'Not found',
  whatRecents: 'Clips and recordings you opened, with your work on them.',
  openedAt: (iso: string): string => `Opened ${formatMoment(iso)}`,
  workedAt: (iso: string): string => `Changed ${formatMoment(iso)}`,
  forget: (name: string): string => `Remove ${name} from this list`,
  relink: 'The clip was moved. Where is it now?',
  relinkAction: 'Open it there',
  choose: 'Choose…',
  cancel: 'Cancel',
  path: 'A video, a folder of numbered pictures (played at the rate in Settings) or a project on the machine that runs SAM2 Video, or an address (http, rtsp, rtmp, srt)',
};
