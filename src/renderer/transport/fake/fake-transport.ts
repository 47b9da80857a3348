/**
 * A host inside the page, for looking at the window and for tests: the contract's methods over the made-up clip.
 * `?scene=empty|clip|tracked|tracking|exported|failed` chooses where it starts.
 */

import type { AppState, HostMessage, Operation, TrackedObject } from '../../../shared/contract.ts';
import { protocolVersion, requestMessageSchema } from '../../../shared/contract.ts';
import type { ExportEstimate } from '../../../shared/export-choice.ts';
import { objectColor } from '../../../shared/object-colors.ts';
import type { FramePrompt } from '../../../shared/prompts.ts';
import { noHistory, noMarks } from '../../../shared/session-state.ts';
import { noSettings } from '../../../shared/settings.ts';
import { encodeFrameMessage, type FrameMessage } from '../../../shared/wire.ts';
import { TransportBase } from '../transport.ts';
import { fakeModels } from './fake-models.ts';
import { discAt, fakeMedia, fakeOverlay, fakePicture } from './fake-scene.ts';
import { fakeMemory, fakeTreeEvents } from './fake-tree.ts';

const objectOf = (id: number, name: string, prompts: number[], results: [number, number][]): TrackedObject => ({
  id,
  name,
  color: objectColor(id),
  visible: true,
  solo: false,
  locked: false,
  stale: false,
  laneRevision: 0,
  prompts: prompts.map((frame) => ({ frame, points: [{ ...discAt(id, frame), label: 1 as const }], box: null, mask: null })),
  results,
});

const operationOf = (kind: Operation['kind'], change: Partial<Operation>): Operation => ({
  id: `${kind}-1`,
  kind,
  title: kind,
  state: 'running',
  done: 0,
  total: 240,
  framesPerSecond: null,
  etaMs: null,
  error: null,
  outputs: [],
  ...change,
});

const fakeEstimate: ExportEstimate = {
  bytes: 48_000_000,
  isMeasured: true,
  freeBytes: 91_000_000_000,
  parent: '/videos/exports',
  folderName: 'harbour 2026-11-23 10.41.05',
  directory: '/videos/exports/harbour 2026-11-23 10.41.05',
};

export class FakeTransport extends TransportBase {
  #state: AppState;
  #objects: TrackedObject[] = [];
  #operations: Operation[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(options: URLSearchParams = new URLSearchParams()) {
    super();
    const scene = options.get('scene') ?? 'tracked';
    const isOpen = scene !== 'empty';
    this.#state = {
      revision: 1,
      session: null,
      project: null,
      recents: [],
      settings: noSettings,
      operations: [],
      engine: { state: 'ready', message: null },
      models: fakeModels,
      notices: [],
    };
    if (scene === 'tracked' || scene === 'tracking' || scene === 'exported' || scene === 'failed') {
      this.#objects = [
        objectOf(1, 'Ferry', [0, 120], [[0, 239]]),
        objectOf(2, 'Gull with a very long name indeed', [40], [[40, 170]]),
        objectOf(3, 'Object 3', [60], [[60, 60]]),
      ];
    }
    if (scene === 'tracking') this.#operations = [operationOf('track', { done: 96, framesPerSecond: 14.3, etaMs: 10_100 })];
    if (scene === 'failed') {
      this.#state.engine = {
        state: 'restarting',
        message: 'The engine stopped (signal SIGKILL) and is being restarted. Your prompts and masks are kept.',
      };
      this.#state.notices = [
        {
          id: 1,
          level: 'warning',
          text: '/videos/harbour.mp4 is incomplete or damaged. Its 240 readable frames can be used.',
        },
        { id: 2, level: 'error', text: 'The folder /exports cannot be written: permission denied. Choose another folder.' },
      ];
    }
    if (isOpen) this.#open();
    setTimeout(() => {
      this.setLinkState('open');
      this.#emit({ t: 'hello', info: { protocolVersion, host: 'web', appVersion: '0.1.0' } });
      this.#push();
    });
  }

  send(data: unknown): void {
    const { id, m, a } = requestMessageSchema.parse(data);
    setTimeout(() => {
      const r = this.#answer(m, a as Record<string, unknown>);
      this.#emit({ t: 'res', id, ok: true, r: r ?? {} });
      if (m !== 'frame.get') this.#push();
    }, 15);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.setLinkState('closed');
  }

  #open(): void {
    this.#state.session = {
      id: `session-${this.#state.revision}`,
      media: fakeMedia,
      model: {
        id: 'nano',
        name: 'SAM2 nano',
        imageSize: 384,
        provider: 'cpu',
        providerReason: 'No GPU provider is usable on this machine.',
      },
      live: null,
      objects: [],
      memory: fakeMemory(this.#objects.length > 0),
      history: noHistory,
      marks: noMarks,
      position: 0,
    };
  }

  #answer(method: string, input: Record<string, unknown>): unknown {
    const frame = input.frame as number;
    const object = this.#objects.find(({ id }) => id === input.objectId);
    if (method === 'session.open' || method === 'session.openSample') this.#open();
    if (method === 'frame.get') this.#sendFrame(fakePicture(input.requestId as number, frame, this.#overlays(frame), this.#discs()));
    if (method === 'object.add') {
      const id = Math.max(0, ...this.#objects.map((o) => o.id)) + 1;
      this.#objects = [...this.#objects, { ...objectOf(id, `Object ${id}`, [], []), prompts: [] }];
      return { objectId: id };
    }
    const ids = [input.objectId, ...((input.others as number[] | undefined) ?? [])];
    if (method === 'object.update') {
      const { objectId: _, others: __, ...change } = input;
      for (const each of this.#objects.filter(({ id }) => ids.includes(id))) this.#replace({ ...each, ...change });
    }
    if (method === 'object.remove') this.#objects = this.#objects.filter(({ id }) => !ids.includes(id));
    if ((method === 'prompt.set' || method === 'prompt.clear') && object) this.#setPrompt(object, method, input as unknown as FramePrompt);
    if (method === 'export.estimate') return fakeEstimate;
    if (method === 'tree.get') return { events: fakeTreeEvents(input.objectId as number) };
    if (method === 'import.list') return { folder: '/home/ann/.local/share/sam2-video/imports', clips: [] };
    if (method === 'app.usage') return { hostBytes: 180 * 2 ** 20, engineBytes: 320 * 2 ** 20, waiting: 0 };
    if (method === 'app.log') return { lines: [] };
    if (method === 'track.start') return this.#track();
    if (method === 'export.start') return this.#export();
    if (method === 'operation.cancel') {
      if (this.#timer) clearInterval(this.#timer);
      this.#operations = this.#operations.map((o) => (o.id === input.operationId ? { ...o, state: 'cancelled' as const } : o));
    }
    if (method === 'app.dismissNotice') this.#state.notices = this.#state.notices.filter(({ id }) => id !== input.id);
    return undefined;
  }

  #setPrompt(object: TrackedObject, method: string, { frame, points, box }: FramePrompt): void {
    const others = object.prompts.filter((prompt) => prompt.frame !== frame);
    const prompts = method === 'prompt.set' ? [...others, { frame, points, box, mask: null }] : others;
    const has = object.results.some(([first, last]) => frame >= first && frame <= last);
    this.#replace({ ...object, prompts, results: has || method !== 'prompt.set' ? object.results : [...object.results, [frame, frame]] });
    const blank = { width: 0, height: 0, planes: new Uint8Array(0) };
    this.#sendFrame({ ...fakePicture(0, frame, this.#overlays(frame), []), ...blank });
  }

  #track(): { operationId: string } {
    let frame = 0;
    this.#operations = [operationOf('track', {})];
    this.#timer = setInterval(() => {
      this.#objects = this.#objects.map((o) => (o.prompts.length > 0 ? { ...o, results: [[0, frame]] } : o));
      this.#sendFrame(fakePicture(0, frame, this.#overlays(frame), this.#discs()));
      const isDone = ++frame >= 240;
      this.#operations = [
        operationOf('track', { done: frame, framesPerSecond: 20, etaMs: (240 - frame) * 50, state: isDone ? 'done' : 'running' }),
      ];
      if (isDone && this.#timer) clearInterval(this.#timer);
      this.#push();
    }, 50);
    return { operationId: 'track-1' };
  }

  #export(): { operationId: string } {
    let done = 0;
    this.#operations = [operationOf('export', {})];
    this.#timer = setInterval(() => {
      done = Math.min(240, done + 24);
      const outputs = done < 240 ? [] : ['results.json', 'annotated.mp4', 'masks'];
      this.#operations = [
        operationOf('export', {
          done,
          etaMs: (240 - done) * 40,
          state: done < 240 ? 'running' : 'done',
          outputs: outputs.map((name) => ({ name, path: `/videos/harbour 2026-11-23 10.41.05/${name}`, url: `/exports/export-1/${name}` })),
        }),
      ];
      if (done >= 240 && this.#timer) clearInterval(this.#timer);
      this.#push();
    }, 100);
    return { operationId: 'export-1' };
  }

  #discs(): number[] {
    return [1, 2, 3, 4];
  }

  #overlays(frame: number) {
    return this.#objects
      .filter((o) => o.results.some(([first, last]) => frame >= first && frame <= last))
      .map((o) => fakeOverlay(o.id, frame));
  }

  #replace(object: TrackedObject): void {
    this.#objects = this.#objects.map((o) => (o.id === object.id ? object : o));
  }

  #sendFrame(message: FrameMessage): void {
    this.binaries.emit(encodeFrameMessage(message));
  }

  #push(): void {
    const { session } = this.#state;
    this.#state = {
      ...this.#state,
      revision: this.#state.revision + 1,
      session: session && { ...session, objects: this.#objects },
      operations: this.#operations,
    };
    this.#emit({ t: 'state', state: this.#state });
  }

  #emit(message: HostMessage): void {
    this.messages.emit(structuredClone(message));
  }
}
