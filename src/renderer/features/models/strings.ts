/** Words of the models dialog. */
import { plural } from '../../../shared/language.ts';
import type { ModelEntry, ModelTask } from '../../../shared/models.ts';

const kinds: Record<ModelTask['kind'], string> = { download: 'Download', import: 'Import', verify: 'Verification' };

export const modelText = {
  title: 'Models',
  networkNote: 'Nothing is downloaded until you press Get.',
  active: {
    model: 'Active model',
    provider: 'Runs on',
    speed: 'Speed here',
    measureProgress: 'Speed measurement progress',
    left: (duration: string): string => `${duration} left`,
    cancelMeasuring: 'Cancel measuring',
    measure: 'Measure',
    measuring: 'Measuring on the sample clip…',
    unmeasured: 'Not measured yet',
    speedOf: (rate: string, objects: number): string => `${rate} frames/s with ${plural(objects, 'object')}`,
    loading: (name: string): string => `Loading ${name}…`,
    loadingUnnamed: 'Loading the model…',
    loadProgress: 'Model loading progress',
    cancelLoading: 'Cancel loading and keep the previous model',
    none: 'No model is loaded. Choose one below.',
  },
  meters: {
    quality: 'Quality',
    /** Out of 100, as papers have it. */
    score: (score: number): string => `${Math.round(score * 100)} J&F`,
    speedAt: (imageSize: number): string => `Speed at ${imageSize} px`,
    rate: (rate: string): string => `${rate} frames/s`,
    measure: 'Measure here',
    measureAt: (imageSize: number): string => `Measure here at ${imageSize} px`,
    measureTitle: 'Tracks a few frames of the sample clip. Nothing is downloaded: the speed does not depend on the weights.',
    of: (what: string, name: string): string => `${what}: ${name}`,
  },
  offer: {
    title: 'A better model',
    what: (name: string): string => `${name} draws finer masks`,
    unmeasured: 'It is slower. See how fast it is on this machine; nothing is downloaded for that.',
    measuring: 'Measuring its speed here…',
    speeds: (speed: string, imageSize: number, own: string | null): string =>
      `${speed} frames/s here at ${imageSize} px${own === null ? '' : `; the present model: ${own}`}.`,
    measure: 'Measure its speed',
    choose: 'Show models',
    dismiss: 'Not now',
  },
  states: {
    bundled: 'Comes with the app',
    installed: 'Installed',
    partial: 'Partly downloaded',
    missing: 'Not installed',
  } satisfies Record<ModelEntry['state'], string>,
  licence: (licence: string): string => `Licence: ${licence}`,
  recorded: 'This file matches no published sha256. It is checked against the one recorded at installation each time it loads.',
  noAddress: (file: string): string => `No official address. Import ${file} from disk below.`,
  get: 'Get',
  getName: (name: string): string => `Get ${name}`,
  getFrom: (file: string, host: string): string => `Download ${file} from ${host}`,
  goOn: (bytes: string): string => `Resume (${bytes} downloaded)`,
  use: (imageSize: number): string => `Use at ${imageSize} px`,
  inUse: (imageSize: number): string => `In use at ${imageSize} px`,
  /** What a button shows, and of which model it says so. */
  of: (shown: string, name: string): string => `${shown}: ${name}`,
  whileWorking: 'You can change the model when tracking and exports are done',
  verify: (name: string): string => `Verify ${name}`,
  remove: (name: string): string => `Remove ${name}`,
  removeUsed: (name: string): string => `${name} is in use; choose another model to remove it`,
  removeSure: (name: string): string => `Remove ${name} from this disk`,
  keep: 'Keep',
  task: {
    phases: {
      connecting: 'Connecting',
      transferring: '',
      waiting: 'Connection lost. Retrying in a moment',
      checking: 'Checking',
      binding: 'Preparing',
    } satisfies Record<ModelTask['phase'], string>,
    bar: (kind: ModelTask['kind'], name: string): string => `${kinds[kind]} of ${name}`,
    amount: (done: string, total: string | null): string => (total === null ? done : `${done} of ${total}`),
    speed: (perSecond: string, left: string | null): string => `${perSecond}/s${left === null ? '' : ` · ${left} left`}`,
    cancel: 'Cancel',
    cancelName: (kind: ModelTask['kind'], name: string): string => `Cancel ${kinds[kind].toLowerCase()} of ${name}`,
    cancelled: (kind: ModelTask['kind']): string =>
      `${kinds[kind]} cancelled.${kind === 'download' ? ' The part already downloaded is kept.' : ''}`,
    failed: (kind: ModelTask['kind']): string => `${kinds[kind]} failed.`,
  },
  import: {
    label: 'Import a checkpoint from disk (.pt, on the machine that runs SAM2 Video)',
    placeholder: '/downloads/sam2.1_hiera_tiny.pt',
    choose: 'Choose…',
    start: 'Import',
    starting: 'Reading…',
  },
  proxy: {
    title: 'Proxy',
    label: 'For downloads. Leave empty to use HTTPS_PROXY and NO_PROXY from the environment.',
    placeholder: 'http://proxy.example:3128',
    save: 'Save',
  },
};
