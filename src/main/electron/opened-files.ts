/** Files that the system hands over: on the command line, by a file association, or from a second start of the app. */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { AppServices } from '../services/app/app-services.ts';

/** What a second start tells the first one. */
export const startDataSchema = z.object({ files: z.array(z.string().min(1).max(4096)).max(1000) });
export type StartData = z.infer<typeof startDataSchema>;

/** @param argv of the process: the program, in development the app's folder, then switches and files in any order */
export const filesOfArgv = (argv: readonly string[], isPackaged: boolean, cwd: string): string[] =>
  argv
    .slice(isPackaged ? 1 : 2)
    .filter((argument) => argument !== '' && !argument.startsWith('-'))
    .map((argument) => resolve(cwd, argument))
    .filter((path) => existsSync(path));

/** A project is its folder; the system can only hand over the file in it. */
export const projectOrFile = (path: string): string => (basename(path) === 'project.json' ? dirname(path) : path);

/** Keeps what came before the app was ready, then opens as it comes. One clip is open at a time: of several the first is opened. */
export class OpenRequests {
  #waiting: string[] = [];
  #services: Pick<AppServices, 'openSession' | 'notify'> | null = null;
  #last: Promise<void> = Promise.resolve();

  add(files: readonly string[]): void {
    if (files.length === 0) return;
    if (this.#services) this.#last = this.#last.then(() => this.#open(files));
    else this.#waiting.push(...files);
  }

  /** The app is ready. @returns whether there was something to open, when it is opened */
  async attach(services: Pick<AppServices, 'openSession' | 'notify'>): Promise<boolean> {
    this.#services = services;
    const files = this.#waiting;
    this.#waiting = [];
    this.add(files);
    await this.#last;
    return files.length > 0;
  }

  /** Resolves when everything that was asked for is open. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #open([first, ...others]: readonly string[]): Promise<void> {
    const services = this.#services;
    if (!services || first === undefined) return;
    try {
      await services.openSession(projectOrFile(first));
      if (others.length > 0)
        services.notify('info', `Only one clip can be open at a time. ${basename(first)} was opened; the other ${others.length} were not.`);
    } catch (error) {
      services.notify('error', AppError.from(error).message);
    }
  }
}
