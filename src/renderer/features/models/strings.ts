/** Words of the models dialog. */
import type { ModelEntry, ModelTask } from '../../../shared/models.ts';

const kinds: Record<ModelTask['kind'], string> = { download: 'Download', import: 'Import', verify: 'Verification' };

export const modelText = {
  title: 'Models',
  networkNote: 'Nothing is downloaded before you press Get.',
  active: {
    model: 'At work',
    provider: 'Runs on',
    speed: 'Speed here',
    measure: 'Measure',
    measuring: 'Measuring on the sample clip…',
    unmeasured: 'Not measured yet',
    speedOf: (rate: string, objects: number): string => `${rate} frames/s with ${objects === 1 ? '1 object' : `${objects} objects`}`,
    loading: 'The model is being loaded…',
    none: 'No model is loaded. Choose one below.',
  },
  states: {
    bundled: 'Comes with the app',
    installed: 'Installed',
    partial: 'Partly downloaded',
    missing: 'Not installed',
  } satisfies Record<ModelEntry['state'], string>,
  licence: (licence: string): string => `Licence: ${licence}`,
  recorded: 'No published sha256 matches this file. The one recorded when it was installed is checked each time it is loaded.',
  noAddress: (file: string): string => `No official address: import ${file} from disk, below.`,
  get: 'Get',
  getName: (name: string): string => `Get ${name}`,
  getFrom: (file: string, host: string): string => `Download ${file} from ${host}`,
  goOn: (bytes: string): string => `Go on (${bytes} are here)`,
  use: (imageSize: number): string => `Use at ${imageSize} px`,
  inUse: (imageSize: number): string => `In use at ${imageSize} px`,
  /** What a button shows, and of which model it says so. */
  of: (shown: string, name: string): string => `${shown}: ${name}`,
  whileWorking: 'The model can be changed when tracking and exports have ended',
  verify: (name: string): string => `Verify ${name}`,
  remove: (name: string): string => `Remove ${name}`,
  removeUsed: (name: string): string => `${name} is in use; choose another model to remove it`,
  removeSure: (name: string): string => `Remove ${name} from this disk`,
  keep: 'Keep',
  task: {
    phases: {
      connecting: 'Connecting',
      transferring: '',
      waiting: 'The connection broke. Trying again in a moment',
      checking: 'Checking',
      binding: 'Preparing',
    } satisfies Record<ModelTask['phase'], string>,
    bar: (kind: ModelTask['kind'], name: string): string => `${kinds[kind]} of ${name}`,
    amount: (done: string, total: string | null): string => (total === null ? done : `${done} of ${total}`),
    speed: (perSecond: string, left: string | null): string => `${perSecond}/s${left === null ? '' : ` · ${left} left`}`,
    cancel: 'Cancel',
    cancelName: (kind: ModelTask['kind'], name: string): string => `Cancel ${kinds[kind].toLowerCase()} of ${name}`,
    cancelled: (kind: ModelTask['kind']): string => `${kinds[kind]} cancelled.${kind === 'download' ? ' What came so far is kept.' : ''}`,
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
    label: 'For downloads. Empty: as the environment says (HTTPS_PROXY, NO_PROXY).',
    placeholder: 'http://proxy.example:3128',
    save: 'Save',
  },
};
