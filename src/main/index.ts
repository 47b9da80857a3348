/**
 * The desktop app's boot, in order. What can be decided without Electron is in electron/ as plain functions; this file only
 * connects them.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { desktopChannels } from '../shared/desktop-bridge.ts';
import { answerAppRequest, appScheme, bundledFiles } from './electron/app-protocol.ts';
import { installBridge } from './electron/bridge.ts';
import { appUrl, guardContents, guardSession } from './electron/guards.ts';
import { menuTemplate } from './electron/menu.ts';
import { openSettings } from './electron/settings.ts';
import { desktopSettingsStore } from './electron/settings-store.ts';
import { spawnUtilityEngine } from './electron/spawn-engine.ts';
import { restoredBounds, windowOptions } from './electron/window-options.ts';
import { appPaths, userDataDir } from './services/app-paths.ts';
import { AppServices } from './services/app-services.ts';
import { resumeLast, startSample } from './services/sample.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const devServer = app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null);

// Both must come before `ready`: a scheme's privileges and the sandbox are fixed when the first process starts.
protocol.registerSchemesAsPrivileged([appScheme]);
app.enableSandbox();
app.on('web-contents-created', (_event, contents) => guardContents(contents));

/** Browser tests start from an empty window and look at the picture's pixels; the page publishes those only when asked to. */
const isTest = !app.isPackaged && process.env.SAM2_VIDEO_TEST === '1';
const pageUrl = isTest ? `${appUrl}?test=1` : appUrl;

const createWindow = (settings: ReturnType<typeof openSettings>): BrowserWindow => {
  const bounds = restoredBounds(
    settings.windowBounds,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow(windowOptions(join(here, '../preload/index.cjs'), bounds, nativeTheme.shouldUseDarkColors));
  if (bounds.isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => settings.setWindowBounds({ ...window.getNormalBounds(), isMaximized: window.isMaximized() }));
  void window.loadURL(devServer ?? pageUrl);
  return window;
};

const start = async (): Promise<void> => {
  await app.whenReady();
  const paths = appPaths(app.isPackaged ? process.resourcesPath : undefined);
  const files = devServer ? new Map<string, string>() : bundledFiles(join(here, '../renderer'));
  protocol.handle('app', (request) => answerAppRequest(request, files));
  guardSession(session.defaultSession, devServer);

  const services = new AppServices({
    host: 'electron',
    appVersion: app.getVersion(),
    spawnEngine: spawnUtilityEngine((path, args, options) => utilityProcess.fork(path, args, options)),
    modelsDir: paths.models,
    remembersModel: true,
    keepsProjects: true,
    settingsStore: desktopSettingsStore(userDataDir()),
    sampleClip: paths.sampleClip,
    exportRoot: join(app.getPath('videos'), 'SAM2 Video'),
  });
  installBridge({
    services,
    ipcMain,
    dialog,
    shell,
    MessageChannel: MessageChannelMain,
    windowOf: (event) => BrowserWindow.fromWebContents(event.sender),
    devServer,
  });

  const settings = openSettings();
  let window = createWindow(settings);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate((id) => window.webContents.send(desktopChannels.command, id), process.platform)),
  );
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (window.isDestroyed()) window = createWindow(settings);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => void services.close());
  await services.start();
  if (!isTest && !(await resumeLast(services))) await startSample(services, paths.sampleClip);
};

if (!app.requestSingleInstanceLock()) app.quit();
else
  start().catch((error: unknown) => {
    console.error(error);
    dialog.showErrorBox('SAM2 Video could not start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
