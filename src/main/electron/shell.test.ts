/** The desktop shell's rules as plain functions: no electron is loaded. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contentSecurityPolicy } from '../../shared/content-security-policy.ts';
import { answerAppRequest, bundledFiles } from './app-protocol.ts';
import { guardContents, guardSession, isAllowedPermission, isAppUrl, isTrustedSender } from './guards.ts';
import { acceleratorOf, menuTemplate } from './menu.ts';
import { spawnUtilityEngine } from './spawn-engine.ts';
import { defaultBounds, restoredBounds, windowOptions } from './window-options.ts';

it("the window's page is isolated, sandboxed and without Node", () => {
  expect(windowOptions('/preload.cjs', defaultBounds, true, false).webPreferences).toEqual({
    preload: '/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: false,
  });
});

it('a window whose screen is gone opens where it can be seen', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  const kept = { width: 1000, height: 700, x: 100, y: 50, isMaximized: false };
  expect(restoredBounds(kept, screens)).toBe(kept);
  expect(restoredBounds({ ...kept, x: 4000 }, screens)).toEqual({ width: 1000, height: 700, isMaximized: false });
});

describe('who may send', () => {
  it.each([
    ['app://main/index.html', null, true],
    ['app://main/index.html?test=1', null, true],
    ['app://other/index.html', null, false],
    ['app://main.evil/index.html', null, false],
    ['https://main/index.html', null, false],
    ['file:///index.html', null, false],
    ['http://localhost:5173/', null, false],
    ['http://localhost:5173/', 'http://localhost:5173', true],
    ['http://localhost:5174/', 'http://localhost:5173', false],
    ['not an address', null, false],
  ])('%s with development server %s: %s', (url, devServer, expected) => {
    expect(isAppUrl(url, devServer)).toBe(expected);
    expect(isTrustedSender({ url, parent: null }, devServer)).toBe(expected);
  });

  it('not an inner frame, and not a frame that is gone', () => {
    expect(isTrustedSender({ url: 'app://main/index.html', parent: {} })).toBe(false);
    expect(isTrustedSender(null)).toBe(false);
  });
});

describe('guards', () => {
  it('close every way out of the page', () => {
    const handlers = new Map<string, (event: { preventDefault: () => void }) => void>();
    let openHandler = (): { action: string } => ({ action: 'allow' });
    guardContents({
      on: (name: string, handler: never) => handlers.set(name, handler),
      setWindowOpenHandler: (handler: typeof openHandler) => {
        openHandler = handler;
      },
    } as never);
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']) {
      const preventDefault = vi.fn();
      handlers.get(name)!({ preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
    }
    expect(openHandler()).toEqual({ action: 'deny' });
  });

  it('allow the camera and writing to the clipboard to the app, and nothing else to anybody', () => {
    const page = 'app://main/index.html';
    expect(isAllowedPermission('media', page, ['video'])).toBe(true);
    expect(isAllowedPermission('media', page, ['video', 'audio'])).toBe(false);
    expect(isAllowedPermission('media', page, [])).toBe(false);
    expect(isAllowedPermission('media', 'https://example.org', ['video'])).toBe(false);
    expect(isAllowedPermission('clipboard-sanitized-write', page, [])).toBe(true);
    expect(isAllowedPermission('clipboard-sanitized-write', 'https://example.org', [])).toBe(false);
    for (const permission of ['geolocation', 'notifications', 'clipboard-read', 'usb', 'openExternal', 'fullscreen', 'fileSystem'])
      expect(isAllowedPermission(permission, page, ['video'])).toBe(false);
  });

  it('are put on the session, and the system is asked for the camera', async () => {
    const set = { request: vi.fn(), check: vi.fn(), device: vi.fn(), display: vi.fn() };
    const askForCamera = vi.fn(async () => true);
    guardSession(
      {
        setPermissionRequestHandler: set.request,
        setPermissionCheckHandler: set.check,
        setDevicePermissionHandler: set.device,
        setDisplayMediaRequestHandler: set.display,
      } as never,
      null,
      askForCamera,
    );
    const ask = (permission: string, details: object): Promise<boolean> =>
      new Promise((done) =>
        set.request.mock.calls[0]![0]({}, permission, done, { isMainFrame: true, requestingUrl: 'app://main/index.html', ...details }),
      );
    const camera = { mediaTypes: ['video'] };
    expect(await ask('media', camera)).toBe(true);
    askForCamera.mockResolvedValueOnce(false);
    expect(await ask('media', camera)).toBe(false);
    askForCamera.mockRejectedValueOnce(new Error('no camera'));
    expect(await ask('media', camera)).toBe(false);
    expect(askForCamera).toHaveBeenCalledTimes(3);
    expect(await ask('media', { ...camera, isMainFrame: false })).toBe(false);
    expect(await ask('media', { ...camera, requestingUrl: 'https://example.org/' })).toBe(false);
    expect(await ask('geolocation', {})).toBe(false);
    expect(await ask('clipboard-sanitized-write', {})).toBe(true);
    expect(askForCamera).toHaveBeenCalledTimes(3);
    const check = set.check.mock.calls[0]![0];
    expect(check(null, 'media', 'app://main', { mediaType: 'video', isMainFrame: true })).toBe(true);
    expect(check(null, 'media', 'app://main', { mediaType: 'video', isMainFrame: false })).toBe(false);
    expect(check(null, 'media', 'app://main', { mediaType: 'audio', isMainFrame: true })).toBe(false);
    expect(set.device.mock.calls[0]![0]()).toBe(false);
    const answer = vi.fn();
    set.display.mock.calls[0]![0]({}, answer);
    expect(answer).toHaveBeenCalledExactlyOnceWith({});
  });
});

describe('app://', () => {
  let folder = '';
  let files = new Map<string, string>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sam2-video-app-'));
    await writeFile(join(folder, 'index.html'), '<p>hello</p>');
    files = bundledFiles(folder);
    await writeFile(join(folder, 'later.txt'), 'written after the start');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const get = (url: string, method = 'GET') => answerAppRequest({ url, method }, files);

  it('serves the window with its policy', async () => {
    for (const url of ['app://main/index.html', 'app://main/', 'app://main/?test=1']) {
      const response = await get(url);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('<p>hello</p>');
      expect(Object.fromEntries(response.headers)).toEqual({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': contentSecurityPolicy(),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      });
    }
  });

  it.each([
    'app://main/../package.json',
    'app://main/%2e%2e/package.json',
    'app://main/..%2fpackage.json',
    'app://main/later.txt',
    'app://main/index.html/',
    'app://other/index.html',
    'app://main//etc/hostname',
  ])('%s is not there', async (url) => expect((await get(url)).status).toBe(404));

  it('answers nothing but GET', async () => expect((await get('app://main/index.html', 'POST')).status).toBe(404));
});

describe('the menu', () => {
  it('gives commands by their id and shows their keys without taking them from the window', () => {
    const run = vi.fn();
    const file = menuTemplate(run, 'linux')[0]!.submenu as {
      label?: string;
      accelerator?: string;
      registerAccelerator?: boolean;
      click?: () => void;
    }[];
    expect(file[0]).toMatchObject({ label: 'Open a clip', accelerator: 'CmdOrCtrl+O', registerAccelerator: false });
    file[0]!.click!();
    expect(run).toHaveBeenCalledExactlyOnceWith('clip.open');
  });

  it('knows Electron names for keys', () => {
    expect(acceleratorOf('view.fit')).toBe('CmdOrCtrl+0');
    expect(acceleratorOf('track.start')).toBe('CmdOrCtrl+Enter');
    expect(acceleratorOf('pointer.left')).toBe('CmdOrCtrl+Left');
    expect(acceleratorOf('playback.toggle')).toBeNull();
    expect(acceleratorOf('view.fit', { 'view.fit': ['Mod+Shift+KeyF'] })).toBe('CmdOrCtrl+Shift+F');
    expect(acceleratorOf('view.fit', { 'view.fit': [] })).toBeNull();
  });

  it('has its own first menu on macOS', () => expect(menuTemplate(vi.fn(), 'darwin')[0]).toEqual({ role: 'appMenu' }));
});

it('the engine runs as a utility process whose end is told', () => {
  const listeners = new Map<string, (value: never) => void>();
  const child = {
    pid: 7,
    postMessage: vi.fn(),
    kill: vi.fn(),
    on: (n: string, l: never) => listeners.set(n, l),
    once: (n: string, l: never) => listeners.set(n, l),
  };
  process.env.SAM2_VIDEO_PROXY = 'http://me:hush@proxy.example';
  const fork = vi.fn((_path: string, _args: string[], _options: { env: Record<string, string> }) => child as never);
  const engine = spawnUtilityEngine(fork, '/out/main/process.js')();
  delete process.env.SAM2_VIDEO_PROXY;
  expect(JSON.stringify(fork.mock.calls[0]![2].env)).not.toContain('hush');
  expect(fork).toHaveBeenCalledWith('/out/main/process.js', [], {
    serviceName: 'sam2-engine',
    stdio: 'inherit',
    env: expect.objectContaining({ MALLOC_ARENA_MAX: expect.any(String) }),
  });
  const onExit = vi.fn();
  engine.onExit(onExit);
  listeners.get('exit')!(9 as never);
  expect(onExit).toHaveBeenCalledWith('exit code 9');
  engine.kill();
  expect(child.kill).toHaveBeenCalledOnce();
});
