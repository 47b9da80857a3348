/** The desktop app from its start to its end. Electron is handed in, so that a test can hand in a fake. */
import { join } from 'node:path';
import type { BrowserWindow, Notification } from 'electron';
import { desktopChannels } from '../../shared/desktop-bridge.ts';
import { quitQuestion } from '../services/app/quit-question.ts';
import { resumeLast, startSample } from '../services/app/sample.ts';
import type { Services } from '../services/app/services.ts';
import type { ServicesOptions } from '../services/app/services-options.ts';
import { appPaths, userDataDir } from '../services/base/app-paths.ts';
import { EncryptedSecrets } from '../services/secrets/encrypted-secrets.ts';
import type { SettingsStore } from '../services/settings/settings-store.ts';
import { answerAppRequest, appScheme, bundledFiles } from './app-protocol.ts';
import { installBridge } from './bridge.ts';
import { flavourOf, isDebugged } from './flavour.ts';
import { appUrl, guardContents, guardSession } from './guards.ts';
import { menuTemplate } from './menu.ts';
import { filesOfArgv, OpenRequests, type StartData, startDataSchema } from './opened-files.ts';
import { systemCipher } from './safe-storage.ts';
import type { ShellSettings } from './settings.ts';
import { spawnUtilityEngine } from './spawn-engine.ts';
import { restoredBounds, windowOptions } from './window-options.ts';
import { workSigns } from './work-signs.ts';

export type ElectronModule = Pick<
  typeof import('electron'),
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeTheme'
  | 'Notification'
  | 'powerSaveBlocker'
  | 'protocol'
  | 'safeStorage'
  | 'screen'
  | 'session'
  | 'shell'
  | 'systemPreferences'
  | 'utilityProcess'
>;

export interface ShellParts {
  electron: ElectronModule;
  /** Folder of the built main process (out/main). */
  here: string;
  process: Pick<NodeJS.Process, 'argv' | 'env' | 'platform' | 'cwd'> & { resourcesPath: string };
  openSettings: () => ShellSettings;
  settingsStore: (folder: string) => SettingsStore;
  makeServices: (options: ServicesOptions) => Services;
}

/** As electron-builder.yml has it. */
const appId = 'io.github.sam2video';

/** A page that dies again and again is not loaded again. */
const mostReloads = 3;
const reloadWindowMs = 60_000;

export const runShell = async (parts: ShellParts): Promise<void> => {
  const { electron, here } = parts;
  const { app, BrowserWindow, Menu, screen, nativeTheme } = electron;
  const { argv, env, platform } = parts.process;
  const flavour = flavourOf(app.isPackaged, app.getAppPath());
  if (isDebugged(flavour, (name) => app.commandLine.hasSwitch(name))) {
    console.error('SAM2 Video does not start with switches that let other programs into its window.');
    return app.exit(1);
  }
  const devServer = flavour === 'development' ? (env.ELECTRON_RENDERER_URL ?? null) : null;
  /** Browser tests start from an empty window and ask the page to publish the picture's pixels. */
  const isTest = flavour !== 'release' && env.SAM2_VIDEO_TEST === '1';

  // Before `ready`: the first process fixes a scheme's privileges and the sandbox, and files arrive early.
  electron.protocol.registerSchemesAsPrivileged([appScheme]);
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  const requests = new OpenRequests();
  let window: BrowserWindow | null = null;
  const show = (): void => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  };
  app.on('open-file', (event, path) => {
    event.preventDefault();
    requests.add([path]);
    show();
  });
  const files = filesOfArgv(argv, app.isPackaged, parts.process.cwd());
  if (!app.requestSingleInstanceLock({ files } satisfies StartData)) return app.quit();
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const told = startDataSchema.safeParse(data);
    if (told.success) requests.add(told.data.files);
    show();
  });
  requests.add(files);
  // The name that Windows knows the installed app by; without it there are no notifications.
  if (platform === 'win32') app.setAppUserModelId(appId);
  await app.whenReady();

  const paths = appPaths(app.isPackaged ? parts.process.resourcesPath : undefined);
  const pages = devServer ? new Map<string, string>() : bundledFiles(join(here, '../renderer'));
  electron.protocol.handle('app', (request) => answerAppRequest(request, pages));
  guardSession(electron.session.defaultSession, devServer, () =>
    platform === 'darwin' ? electron.systemPreferences.askForMediaAccess('camera') : Promise.resolve(true),
  );

  const dataDir = userDataDir();
  const services = parts.makeServices({
    host: 'electron',
    appVersion: app.getVersion(),
    spawnEngine: spawnUtilityEngine((path, args, options) => electron.utilityProcess.fork(path, args, options), join(here, 'process.js')),
    // A packaged app has its own, and fetches nothing that nobody asked for.
    bringsFfmpeg: app.isPackaged ? undefined : {},
    modelsDir: paths.models,
    remembersModel: true,
    keepsProjects: true,
    settingsStore: parts.settingsStore(dataDir),
    secrets: new EncryptedSecrets(join(dataDir, 'secrets.json'), systemCipher(electron.safeStorage, platform)),
    sampleClip: paths.sampleClip,
    exportRoot: join(app.getPath('videos'), 'SAM2 Video'),
    hostDetails: () => {
      const { gpu_compositing: drawing, webgl2, video_decode: video } = app.getGPUFeatureStatus();
      return [`Desktop: ${flavour}, window drawn by ${drawing}, WebGL 2 ${webgl2}, video decoding ${video}`];
    },
  });
  installBridge({
    services,
    ipcMain: electron.ipcMain,
    dialog: electron.dialog,
    shell: electron.shell,
    MessageChannel: electron.MessageChannelMain,
    windowOf: (event) => BrowserWindow.fromWebContents(event.sender),
    devServer,
  });

  const settings = parts.openSettings();
  const askBeforeQuitting = quitQuestion(electron, () => services.state.operations);
  // On macOS the app, and its work, outlives its window.
  if (platform === 'darwin') app.on('before-quit', askBeforeQuitting);
  const openWindow = (): void => {
    const screens = screen.getAllDisplays().map((display) => display.workArea);
    const bounds = restoredBounds(settings.windowBounds, screens);
    const preload = join(here, '../preload/index.cjs');
    const opened = new BrowserWindow(windowOptions(preload, bounds, nativeTheme.shouldUseDarkColors, flavour !== 'release'));
    if (bounds.isMaximized) opened.maximize();
    opened.once('ready-to-show', () => opened.show());
    opened.on('close', () => settings.setWindowBounds({ ...opened.getNormalBounds(), isMaximized: opened.isMaximized() }));
    if (platform !== 'darwin') opened.on('close', askBeforeQuitting);
    opened.on('closed', () => {
      if (window === opened) window = null;
    });
    const diedAt: number[] = [];
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return;
      diedAt.push(Date.now());
      services.notices.add('warning', `The window crashed (${reason}) and was reloaded. No work was lost.`);
      if (diedAt.filter((time) => time > Date.now() - reloadWindowMs).length <= mostReloads) return opened.webContents.reload();
      electron.dialog.showErrorBox('SAM2 Video', `The window keeps crashing (${reason}). Your work is saved. Restart the app.`);
      app.quit();
    });
    void opened.loadURL(devServer ?? (isTest ? `${appUrl}?test=1` : appUrl));
    window = opened;
  };
  openWindow();

  const showMenu = (): void =>
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(
        menuTemplate((id) => window?.webContents.send(desktopChannels.command, id), platform, services.settings.values['keys.overrides']),
      ),
    );
  showMenu();
  let menuKeys = services.settings.values['keys.overrides'];
  let note: Notification | null = null;
  /** Whoever looks at the window sees it there. */
  const tell = (body: string): void => {
    if (window?.isFocused() || !electron.Notification.isSupported()) return;
    // Kept, since its click goes with it.
    note = new electron.Notification({ title: 'SAM2 Video', body });
    note.on('click', show);
    note.show();
  };
  const showWork = workSigns(electron.powerSaveBlocker, (share) => window?.setProgressBar(share), tell);
  services.onState((state) => {
    showWork(state);
    if (state.settings.values['keys.overrides'] === menuKeys) return;
    menuKeys = state.settings.values['keys.overrides'];
    showMenu();
  });

  app.on('activate', () => {
    if (!window) openWindow();
  });
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit();
  });
  // The last rows reach the disk and the project is given free before the process ends.
  app.once('will-quit', (event) => {
    event.preventDefault();
    void services.close().finally(() => app.exit(0));
  });
  await services.start();
  const wasAsked = await requests.attach(services);
  if (!wasAsked && !isTest && (await resumeLast(services)) === 0) await startSample(services, paths.sampleClip);
};
