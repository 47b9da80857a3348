/** Models of the made-up host, one in each state the dialog can show. */
import type { ModelEntry, ModelsState, ModelTask } from '../../../shared/models.ts';

const licence = "Apache-2.0 (Meta's code and checkpoints)";

const task = (change: Partial<ModelTask>): ModelTask => ({
  kind: 'download',
  state: 'running',
  phase: 'transferring',
  done: 0,
  total: 0,
  bytesPerSecond: null,
  etaMs: null,
  message: null,
  error: null,
  ...change,
});

const entry = (id: string, name: string, bytes: number, change: Partial<ModelEntry>): ModelEntry => {
  const file = `${id}.pt`;
  return {
    id,
    name,
    licence,
    speed: 'A little slower than tiny and more exact.',
    imageSizes: [512, 1024],
    state: 'missing',
    weights: { file, url: `https://dl.example/${file}`, bytes, sha256: null },
    installed: null,
    partialBytes: 0,
    task: null,
    ...change,
  };
};

const installed = (checked: 'published' | 'recorded', bytes: number) => ({
  path: '/home/a/.local/share/sam2-video/models/x.pt',
  bytes,
  sha256: '0'.repeat(64),
  source: 'https://dl.example/x.pt',
  installedAt: '2026-11-23T10:00:00Z',
  checked,
});

export const fakeModels: ModelsState = {
  entries: [
    entry('nano', 'SAM2 nano', 0, { state: 'bundled', weights: null, imageSizes: [384], speed: 'The fastest: made for this app.' }),
    entry('tiny', 'SAM 2.1 tiny', 156e6, { state: 'installed', installed: installed('recorded', 156e6) }),
    entry('small', 'SAM 2.1 small', 184e6, {
      state: 'partial',
      partialBytes: 61e6,
      task: task({ done: 61e6, total: 184e6, bytesPerSecond: 4.1e6, etaMs: 30_000 }),
    }),
    entry('base-plus', 'SAM 2.1 base+', 324e6, {
      state: 'partial',
      partialBytes: 20e6,
      task: task({
        state: 'failed',
        error: {
          code: 'disk-full',
          message: '324 MB are needed in /home/a/.local/share/sam2-video, and 12 MB are free. Free some space and try again.',
        },
      }),
    }),
    entry('large', 'SAM 2.1 large', 898e6, {}),
  ],
  active: {
    id: 'nano',
    name: 'SAM2 nano',
    imageSize: 384,
    provider: 'cpu',
    providerReason: 'No GPU provider is usable on this machine.',
    advice: null,
  },
  loading: null,
  isSwitching: false,
  speeds: [{ id: 'nano', imageSize: 384, provider: 'cpu', objects: 1, framesPerSecond: 23.4, measuredAt: '2026-11-23T10:00:00Z' }],
  isMeasuring: false,
  proxy: null,
};
