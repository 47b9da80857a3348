/** Files that the system hands over: on the command line, by a file association, or from a second start of the app. */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Services } from '../services/app/services.ts';

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

/** What is needed of the app to open files. */
export interface OpeningServices {
  sessions: Pick<Services['sessions'], 'openWork'>;
  notices: Pick<Services['notices'], 'add'>;
}

/** Keeps what the system asked for before the app was ready; each file opens as a session of its own. */
export class OpenRequests {
  #waiting: string[] = [];
  #services: OpeningServices | null = null;
  #last: Promise<void> = Promise.resolve();

  add(files: readonly string[]): void {
    if (files.length === 0) return;
    if (this.#services) this.#last = this.#last.then(() => this.#open(files));
    else this.#waiting.push(...files);
  }

  /** The app is ready. @returns whether there was something to open, when it is opened */
  async attach(services: OpeningServices): Promise<boolean> {
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

  async #open(files: readonly string[]): Promise<void> {
    const services = this.#services;
    if (!services) return;
    for (const file of files)
      try {
        await services.sessions.openWork(projectOrFile(file));
      } catch (error) {
        services.notices.add('error', AppError.from(error).message);
      }
  }
}
