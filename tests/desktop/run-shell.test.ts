/** The whole shell with a fake Electron and the real services: start, files, windows, an engine that dies, the end. */
import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ElectronModule, runShell } from '../../src/main/electron/shell.ts';
import { defaultBounds } from '../../src/main/electron/window-options.ts';
import { createServices } from '../../src/main/services/app/create-services.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import type { ServicesOptions } from '../../src/main/services/app/services-options.ts';
import { FileSettingsStore } from '../../src/main/services/settings/settings-store.ts';
import { desktopChannels } from '../../src/shared/desktop-bridge.ts';
import { serveScriptedEngine } from '../kills/scripted-engine.ts';

/** A utility process that is the scripted engine of the kill tests, in this process. */
class FakeEngine extends EventEmitter {
  readonly pid = 1;
  /** A run stands still before this frame, as long as the process lives. */
  holdAt = Number.POSITIVE_INFINITY;
  #deliver: (message: unknown) => void = () => {};
  #held = Promise.withResolvers<void>();

  constructor() {
    super();
    serveScriptedEngine({
      post: (message) => {
        if (((message as { d?: { frame?: number } }).d?.frame ?? 0) >= this.holdAt)
          return this.#held.promise.then(() => this.#tell(message));
        this.#tell(message);
      },
      onMessage: (listener) => {
        this.#deliver = listener;
      },
    });
  }

  postMessage(message: unknown): void {
    this.#deliver(message);
  }

  goOn(): void {
    this.holdAt = Number.POSITIVE_INFINITY;
    this.#held.resolve();
    this.#held = Promise.withResolvers();
  }

  #tell(message: unknown): void {
    setImmediate(() => this.emit('message', message));
  }

  kill(): boolean {
    return true;
  }
}

class FakeWindow extends EventEmitter {
  readonly webContents = Object.assign(new EventEmitter(), { send: vi.fn(), reload: vi.fn() });
  readonly loadURL = vi.fn(async () => {});
  readonly show = vi.fn();
  readonly focus = vi.fn();
  readonly restore = vi.fn();
  readonly maximize = vi.fn();
  readonly setProgressBar = vi.fn();
  isInFront = true;
  readonly options: unknown;

  constructor(options: unknown) {
    super();
    this.options = options;
  }

  isFocused(): boolean {
    return this.isInFront;
  }
  isMinimized(): boolean {
    return true;
  }
  isMaximized(): boolean {
    return true;
  }
  getNormalBounds() {
    return { x: 10, y: 20, width: 1200, height: 800 };
  }
}

const fakeElectron = (appPath: string, options: { isFirst?: boolean; switches?: string[]; isPackaged?: boolean } = {}) => {
  const order: string[] = [];
  const windows: FakeWindow[] = [];
  const engines: FakeEngine[] = [];
  const notes: FakeNote[] = [];
  class FakeNote extends EventEmitter {
    static isSupported = (): boolean => true;
    readonly show = vi.fn();
    readonly options: unknown;
    constructor(given: unknown) {
      super();
      this.options = given;
      notes.push(this);
    }
  }
  const app = Object.assign(new EventEmitter(), {
    setAppUserModelId: vi.fn(),
    isPackaged: options.isPackaged ?? false,
    getAppPath: () => appPath,
    getVersion: () => '1.2.3',
    getPath: () => join(appPath, 'videos'),
    getGPUFeatureStatus: () => ({ gpu_compositing: 'enabled', webgl2: 'enabled', video_decode: 'disabled_software' }),
    commandLine: { hasSwitch: (name: string) => options.switches?.includes(name) ?? false },
    enableSandbox: () => order.push('sandbox'),
    requestSingleInstanceLock: vi.fn((_data: unknown) => options.isFirst ?? true),
    whenReady: async () => void order.push('ready'),
    quit: vi.fn(),
    exit: vi.fn(),
  });
  const electron = {
    app,
    BrowserWindow: Object.assign(
      class extends FakeWindow {
        constructor(given: unknown) {
          super(given);
          windows.push(this);
        }
      },
      { fromWebContents: () => null },
    ),
    dialog: { showErrorBox: vi.fn(), showMessageBox: vi.fn(async (_question: { detail: string }) => ({ response: 0 })) },
    ipcMain: { on: vi.fn(), handle: vi.fn() },
    Menu: { setApplicationMenu: vi.fn(), buildFromTemplate: vi.fn((template: unknown) => template) },
    MessageChannelMain: class {},
    nativeTheme: { shouldUseDarkColors: true },
    Notification: FakeNote,
    powerSaveBlocker: { start: vi.fn(() => 1), stop: vi.fn() },
    protocol: {
      registerSchemesAsPrivileged: vi.fn((_schemes: unknown) => void order.push('scheme')),
      handle: vi.fn((_scheme: string, _answer: (request: { url: string; method: string }) => Promise<Response>) => {}),
    },
    safeStorage: {},
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: {
      defaultSession: {
        setPermissionRequestHandler: vi.fn(),
        setPermissionCheckHandler: vi.fn(),
        setDevicePermissionHandler: vi.fn(),
        setDisplayMediaRequestHandler: vi.fn(),
      },
    },
    shell: {},
    systemPreferences: {},
    utilityProcess: {
      fork: vi.fn(() => {
        const engine = new FakeEngine();
        engines.push(engine);
        return engine;
      }),
    },
  };
  return { electron, app, order, windows, engines, notes };
};

let folder = '';
let services: Services | null = null;
const openSettings = () => ({ windowBounds: defaultBounds, setWindowBounds: vi.fn() });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-run-shell-'));
  await mkdir(join(folder, 'renderer'));
  for (const name of ['clip.mp4', 'other.mp4']) await writeFile(join(folder, name), 'the engine of this test does not read it');
  process.env.SAM2_VIDEO_DATA = join(folder, 'data');
});
afterEach(async () => {
  await services?.close();
  services = null;
  delete process.env.SAM2_VIDEO_DATA;
  await rm(folder, { recursive: true, force: true });
});

const start = async (
  fake: ReturnType<typeof fakeElectron>,
  argv: string[] = [],
  settings = openSettings(),
  env: Record<string, string> = {},
  platform: NodeJS.Platform = 'linux',
): Promise<void> =>
  runShell({
    electron: fake.electron as unknown as ElectronModule,
    here: join(folder, 'main'),
    process: {
      argv: fake.app.isPackaged ? ['/opt/app', ...argv] : ['/electron', '.', ...argv],
      env,
      platform,
      cwd: () => folder,
      resourcesPath: folder,
    },
    openSettings: () => settings,
    settingsStore: () => new FileSettingsStore(join(folder, 'settings.json')),
    makeServices: (options: ServicesOptions) => {
      services = createServices(options);
      return services;
    },
  });
const until = (check: () => boolean): Promise<void> => vi.waitFor(() => expect(check()).toBe(true), { timeout: 20_000, interval: 5 });

it('the sandbox and the scheme come before ready; a file on the command line is opened', async () => {
  const fake = fakeElectron(folder);
  await start(fake, ['--flag', 'clip.mp4']);
  expect(fake.order).toEqual(['scheme', 'sandbox', 'ready']);
  expect(fake.windows).toHaveLength(1);
  expect(fake.windows[0]!.loadURL).toHaveBeenCalledExactlyOnceWith('app://main/index.html');
  expect(services!.sessions.latest.path).toBe(join(folder, 'clip.mp4'));
  expect(fake.electron.utilityProcess.fork).toHaveBeenCalledWith(
    join(folder, 'main/process.js'),
    [],
    expect.objectContaining({ serviceName: 'sam2-engine' }),
  );
});

it('the page is answered by the app alone, and every page and session is guarded', async () => {
  await writeFile(join(folder, 'renderer/index.html'), 'the window');
  const fake = fakeElectron(folder);
  await start(fake, ['clip.mp4']);
  expect(fake.electron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledExactlyOnceWith([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  const [scheme, answer] = fake.electron.protocol.handle.mock.calls[0]!;
  expect(scheme).toBe('app');
  expect(await (await answer({ url: 'app://main/index.html', method: 'GET' })).text()).toBe('the window');
  const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
  fake.app.emit('web-contents-created', {}, contents);
  expect(contents.setWindowOpenHandler).toHaveBeenCalledOnce();
  const event = { preventDefault: vi.fn() };
  contents.emit('will-navigate', event);
  expect(event.preventDefault).toHaveBeenCalledOnce();
  for (const set of Object.values(fake.electron.session.defaultSession)) expect(set).toHaveBeenCalledOnce();
  for (const channel of [desktopChannels.openFile, desktopChannels.chooseFolder, desktopChannels.reveal])
    expect(fake.electron.ipcMain.handle).toHaveBeenCalledWith(channel, expect.any(Function));
});

it('the environment opens another page in development, and nothing in what is packed', async () => {
  const env = { ELECTRON_RENDERER_URL: 'http://localhost:5173', SAM2_VIDEO_TEST: '1' };
  const developed = fakeElectron(folder);
  await start(developed, ['clip.mp4'], openSettings(), env);
  expect(developed.windows[0]!.loadURL).toHaveBeenCalledExactlyOnceWith('http://localhost:5173');
  await services!.close();
  for (const [text, url] of [
    ['{"flavour":"test"}', 'app://main/index.html?test=1'],
    ['{}', 'app://main/index.html'],
  ] as const) {
    await writeFile(join(folder, 'package.json'), text);
    const packed = fakeElectron(folder, { isPackaged: true });
    await start(packed, ['clip.mp4'], openSettings(), env);
    expect(packed.windows[0]!.loadURL).toHaveBeenCalledExactlyOnceWith(url);
    await services!.close();
  }
});

it.each(['linux', 'darwin'] as const)('who quits while something runs is asked: %s', async (platform) => {
  const fake = fakeElectron(folder);
  const { showMessageBox } = fake.electron.dialog;
  await start(fake, ['clip.mp4'], openSettings(), {}, platform);
  const quit = (): boolean => {
    const preventDefault = vi.fn();
    if (platform === 'darwin') fake.app.emit('before-quit', { preventDefault });
    else fake.windows[0]!.emit('close', { preventDefault });
    return preventDefault.mock.calls.length === 0;
  };
  expect(quit()).toBe(true);
  expect(showMessageBox).not.toHaveBeenCalled();

  const work = Promise.withResolvers<'cancelled'>();
  const operation = services!.operations.start('export', 'clip.mp4', () => work.promise, vi.fn());
  expect(quit()).toBe(false);
  // Who is impatient is asked once.
  expect(quit()).toBe(false);
  expect(showMessageBox).toHaveBeenCalledOnce();
  expect(showMessageBox.mock.calls[0]![0].detail).toMatch(/^The export stops\./);
  await new Promise(setImmediate);
  expect(fake.app.quit).not.toHaveBeenCalled();

  showMessageBox.mockResolvedValueOnce({ response: 1 });
  expect(quit()).toBe(false);
  await until(() => fake.app.quit.mock.calls.length === 1);
  expect(quit()).toBe(true);
  work.resolve('cancelled');
  await services!.operations.ended(operation);
});

it('a second start hands its files to the first and ends', async () => {
  const second = fakeElectron(folder, { isFirst: false });
  await start(second, ['other.mp4']);
  expect(second.app.quit).toHaveBeenCalledOnce();
  expect(second.windows).toEqual([]);
  const data = second.app.requestSingleInstanceLock.mock.calls[0]![0];

  const first = fakeElectron(folder);
  await start(first, ['clip.mp4']);
  first.app.emit('second-instance', {}, [], folder, data);
  await until(() => services!.sessions.latest.path === join(folder, 'other.mp4'));
  expect(first.windows[0]!.restore).toHaveBeenCalledOnce();
  expect(first.windows[0]!.focus).toHaveBeenCalledOnce();
  for (const bad of [{ files: [7] }, { files: 'a' }, undefined]) first.app.emit('second-instance', {}, [], folder, bad);
  first.app.emit('open-file', { preventDefault: vi.fn() }, join(folder, 'clip.mp4'));
  // What is open already is not opened twice.
  await until(() => first.windows[0]!.focus.mock.calls.length === 5);
  expect(services!.sessions.list.map(({ path }) => path)).toEqual([join(folder, 'clip.mp4'), join(folder, 'other.mp4')]);
  expect(services!.state.notices).toEqual([]);
});

it('a dead engine is started again with the work kept, and the user is told', async () => {
  const fake = fakeElectron(folder);
  await start(fake, ['clip.mp4']);
  const session = services!.sessions.latest;
  await session.edits.setPoints(session.edits.addObject('Rabbit'), 4, [{ x: 5, y: 5, label: 1 }], null);
  fake.engines[0]!.holdAt = 40;
  services!.runs.start(services!.sessions.latest, { direction: 'forward', from: 4, to: 1100 }, null);
  await until(() => (session.store.ranges(1).at(-1)?.[1] ?? 0) > 20);
  await until(() => fake.electron.powerSaveBlocker.start.mock.calls.length === 1);
  fake.engines[0]!.emit('exit', 139);
  expect(services!.state.engine).toMatchObject({ state: 'restarting', message: expect.stringContaining('exit code 139') });
  await until(() => services!.state.engine.state === 'ready');
  expect(fake.engines).toHaveLength(2);
  expect(services!.sessions.latestState!.objects[0]).toMatchObject({ name: 'Rabbit', prompts: [{ frame: 4 }] });
  expect(session.store.ranges(1)[0]![0]).toBe(4);
  expect(services!.state.notices.map(({ text }) => text).join()).toContain('The engine was restarted. Your prompts and masks are kept');
  await until(() => fake.electron.powerSaveBlocker.stop.mock.calls.length === 1);
  const operation = services!.runs.start(services!.sessions.latest, { direction: 'forward', from: 0, to: 30 }, null);
  await services!.operations.ended(operation);
  expect(services!.operations.get(operation)!.state).toBe('done');
});

it('the end of long work is told to somebody who looks elsewhere, and a click brings the window', async () => {
  const fake = fakeElectron(folder);
  await start(fake, ['clip.mp4']);
  const [window] = fake.windows;
  const session = services!.sessions.latest;
  await session.edits.setPoints(session.edits.addObject('Rabbit'), 4, [{ x: 5, y: 5, label: 1 }], null);
  let later = 0;
  const clock = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => clock() + later);
  /** Resolves when the shell, which listens first, was told that an operation is so. */
  const told = (id: string, wanted: string): Promise<void> =>
    new Promise((resolve) => {
      const off = services!.onState(({ operations }) => {
        if (!operations.some((operation) => operation.id === id && operation.state === wanted)) return;
        off();
        resolve();
      });
    });
  const track = async (isInFront: boolean): Promise<void> => {
    window!.isInFront = isInFront;
    fake.engines[0]!.holdAt = 20;
    const operation = services!.runs.start(services!.sessions.latest, { direction: 'forward', from: 4, to: 30 }, null);
    await told(operation, 'running');
    later += 11_000;
    const isDone = told(operation, 'done');
    fake.engines[0]!.goOn();
    await isDone;
  };
  await track(true);
  expect(fake.notes).toEqual([]);
  await track(false);
  expect(fake.notes.map(({ options }) => options)).toEqual([{ title: 'SAM2 Video', body: 'Tracking is done.' }]);
  expect(fake.notes[0]!.show).toHaveBeenCalledOnce();
  fake.notes[0]!.emit('click');
  expect(window!.focus).toHaveBeenCalledOnce();
  vi.restoreAllMocks();
});

it('Windows knows the app by the name it is installed under', async () => {
  const builder = await readFile(join(import.meta.dirname, '../../electron-builder.yml'), 'utf8');
  const fake = fakeElectron(folder);
  await start(fake, ['clip.mp4'], openSettings(), {}, 'win32');
  expect(fake.app.setAppUserModelId).toHaveBeenCalledExactlyOnceWith(/^appId: (.*)$/m.exec(builder)![1]);
});

it('a dead window is loaded again, and not for ever', async () => {
  const fake = fakeElectron(folder);
  await start(fake, ['clip.mp4']);
  const [window] = fake.windows;
  const die = (): boolean => window!.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  window!.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
  expect(window!.webContents.reload).not.toHaveBeenCalled();
  for (let i = 0; i < 3; i++) die();
  expect(window!.webContents.reload).toHaveBeenCalledTimes(3);
  expect(services!.state.notices.at(-1)!.text).toContain('was reloaded');
  die();
  expect(window!.webContents.reload).toHaveBeenCalledTimes(3);
  expect(fake.electron.dialog.showErrorBox).toHaveBeenCalledOnce();
  expect(fake.app.quit).toHaveBeenCalledOnce();
});

it("the window's place is kept, the menu follows the user's keys, and the end waits for the work", async () => {
  const fake = fakeElectron(folder);
  const settings = openSettings();
  await start(fake, ['clip.mp4'], settings);
  const [window] = fake.windows;
  window!.emit('close');
  expect(settings.setWindowBounds).toHaveBeenCalledExactlyOnceWith({ x: 10, y: 20, width: 1200, height: 800, isMaximized: true });
  services!.settings.set('keys.overrides', { 'clip.open': ['Mod+KeyP'] });
  await until(() => fake.electron.Menu.setApplicationMenu.mock.calls.length === 2);
  expect(JSON.stringify(fake.electron.Menu.setApplicationMenu.mock.calls[1])).toContain('"accelerator":"CmdOrCtrl+P"');
  window!.emit('closed');
  fake.app.emit('activate');
  expect(fake.windows).toHaveLength(2);
  fake.app.emit('window-all-closed');
  expect(fake.app.quit).toHaveBeenCalledOnce();
  const event = { preventDefault: vi.fn() };
  fake.app.emit('will-quit', event);
  expect(event.preventDefault).toHaveBeenCalledOnce();
  await until(() => fake.app.exit.mock.calls.length === 1);
  expect(fake.app.exit).toHaveBeenCalledWith(0);
});

it('a release has no developer tools and refuses a debugger; the test flavour does not', async () => {
  await writeFile(join(folder, 'package.json'), '{}');
  const debugged = fakeElectron(folder, { isPackaged: true, switches: ['remote-debugging-port'] });
  vi.spyOn(console, 'error').mockImplementationOnce(() => {});
  await start(debugged);
  expect(debugged.app.exit).toHaveBeenCalledExactlyOnceWith(1);
  expect(debugged.order).toEqual([]);

  const release = fakeElectron(folder, { isPackaged: true });
  await start(release, ['clip.mp4']);
  expect(release.windows[0]!.options).toMatchObject({ webPreferences: { devTools: false, sandbox: true } });
  await services!.close();

  await writeFile(join(folder, 'package.json'), '{"flavour":"test"}');
  const test = fakeElectron(folder, { isPackaged: true, switches: ['remote-debugging-port'] });
  await start(test, ['clip.mp4']);
  expect(test.windows[0]!.options).toMatchObject({ webPreferences: { devTools: true } });
});
