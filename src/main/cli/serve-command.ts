/** `sam2-video serve`: the app in a browser, on this machine. */
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { resumeLast, startSample } from '../services/app/sample.ts';
import { appPaths } from '../services/base/app-paths.ts';
import { exportUrl, startWebHost } from '../web/server.ts';
import { type EngineOptions, unstartedServices } from './headless.ts';
import { exitCodes, printError } from './terminal.ts';

export interface ServeOptions extends EngineOptions {
  port: string;
  allow: string[];
  exportDir?: string | undefined;
  sample: boolean;
  resume: boolean;
}

/** The real path of the nearest existing ancestor, so that a file to be made is judged by where it would be. */
const realAncestor = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : realAncestor(parent);
  }
};

/** Refuses paths outside the given folders, links followed. */
export const pathPolicy =
  (folders: readonly string[]) =>
  async (path: string): Promise<void> => {
    const real = await realAncestor(resolve(path));
    for (const folder of folders) {
      const root = await realAncestor(resolve(folder));
      if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return;
    }
    throw new AppError(
      'not-allowed',
      `${path} is outside the folders this server may use (${folders.join(', ')}). Start it with --allow FOLDER to add one.`,
    );
  };

export const runServeCommand = async (options: ServeOptions): Promise<number> => {
  if (!/^\d{1,5}$/.test(options.port) || Number(options.port) > 65535)
    throw new AppError('bad-request', `"${options.port}" is not a port. Use 0 to 65535; 0 takes any free one.`);
  const paths = appPaths();
  const exportRoot = resolve(options.exportDir ?? join(homedir(), 'SAM2 Video'));
  const folders = [
    ...(options.allow.length > 0 ? options.allow.map((folder) => resolve(folder)) : [process.cwd(), homedir()]),
    dirname(paths.sampleClip),
    exportRoot,
  ];
  const services = unstartedServices(options, {
    remembersModel: true,
    keepsProjects: true,
    exportRoot,
    checkPath: pathPolicy(folders),
    browsedFolders: folders,
    outputUrl: exportUrl,
  });
  const host = await startWebHost({ services, rendererDir: paths.renderer, port: Number(options.port) });
  const ended = new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
  const start = async (): Promise<void> => {
    await services.start();
    const isResumed = (options.sample || options.resume) && (await resumeLast(services)) > 0;
    if (options.sample && !isResumed) {
      const failure = await startSample(services, paths.sampleClip);
      if (failure) printError(failure);
    }
  };
  try {
    // Before the start, which takes a while with a large model: the window shows how far it is.
    process.stdout.write(`SAM2 Video is at ${host.url}\n`);
    process.stdout.write('Open that address in a browser on this machine. Ctrl-C stops the server.\n');
    await Promise.race([start(), ended]);
    await ended;
    return exitCodes.done;
  } finally {
    await host.close();
    await services.close();
  }
};
