/**
 * The engine as Electron's utility process; the CLI's plain child process is services/engine-link/fork-engine.ts. A
 * packaged app has no other way: with the fuse runAsNode off, Electron's program starts as nothing else.
 */
import { fileURLToPath } from 'node:url';
import type { UtilityProcess } from 'electron';
import { engineEnvironment } from '../services/engine-link/engine-environment.ts';
import type { EngineProcess } from '../services/engine-link/engine-supervisor.ts';

export type ForkUtility = (
  modulePath: string,
  args: string[],
  options: { serviceName: string; stdio: 'inherit'; env: Record<string, string> },
) => UtilityProcess;

export const spawnUtilityEngine =
  (fork: ForkUtility, entry: string = fileURLToPath(new URL('./process.js', import.meta.url))) =>
  (): EngineProcess => {
    const child = fork(entry, [], { serviceName: 'sam2-engine', stdio: 'inherit', env: engineEnvironment() });
    return {
      get pid() {
        return child.pid;
      },
      link: {
        post: (message) => child.postMessage(message),
        onMessage: (listener) => child.on('message', listener),
      },
      onExit: (listener) => child.once('exit', (code) => listener(`exit code ${code}`)),
      kill: () => child.kill(),
    };
  };
