/** Starts the engine as a plain Node child process (CLI, web host, tests). Electron has its own starter. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { engineEnvironment } from './engine-environment.ts';
import type { EngineProcess } from './engine-supervisor.ts';

const engineEntry = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../engine/server/process.ts' : './process.js', import.meta.url));

/**
 * @param env additions to the child's environment
 * @param entry the engine's file; tests have one of their own
 */
export const forkEngine = (env: Record<string, string> = {}, entry: string = engineEntry()): EngineProcess => {
  const child = fork(entry, [], {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...engineEnvironment(), ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    pid: child.pid,
    link: {
      post: (message) =>
        new Promise((resolve, reject) => {
          if (!child.connected) reject(new Error('the engine is gone'));
          else child.send(message as object, (error) => (error ? reject(error) : resolve()));
        }),
      onMessage: (listener) => child.on('message', listener),
    },
    onExit: (listener) => {
      let isTold = false;
      const tell = (reason: string): void => {
        if (isTold) return;
        isTold = true;
        listener(reason);
      };
      child.on('exit', (code, signal) => tell(signal ? `signal ${signal}` : `exit code ${code}`));
      child.on('error', (error) => tell(error.message));
    },
    kill: () => child.kill('SIGKILL'),
  };
};
