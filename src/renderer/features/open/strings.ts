/** Words of opening a clip. */
import { formatMoment } from '../../../shared/language.ts';
export const openText = {
  title: 'Track anything in a video',
  what: 'Click an object once and follow it through the clip, on this machine.',
  open: 'Open a clip',
  openAction: 'Open',
  fetch: 'Download and open',
  fetchTitle: 'Record it first. It opens as a clip when it ends or when you stop it.',
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
  openedAt: (iso: string): string => formatMoment(iso),
  forget: (name: string): string => `Remove ${name} from this list`,
  relink: 'The clip was moved. Where is it now?',
  relinkAction: 'Open it there',
  choose: 'Choose…',
  cancel: 'Cancel',
  path: 'A video, a folder of numbered pictures (played at the rate in Settings) or a project on the machine that runs SAM2 Video, or an address (http, rtsp, rtmp, srt)',
};
