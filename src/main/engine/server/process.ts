/**
 * Entry of the engine process: started by child_process.fork (CLI, web host, tests) or by Electron's utilityProcess, it
 * serves the engine over the channel it was started with and ends when that closes.
 */

import { type MessageLink, RpcPeer } from '../../common/rpc.ts';
import { findFfmpeg } from '../media/ffmpeg-binary.ts';
import { InferenceClient } from '../worker/inference-client.ts';
import { tolerateTensorGarbage } from '../worker/tensor-garbage.ts';
import type { EngineEmit } from './engine.ts';

tolerateTensorGarbage();

/** Electron's `process.parentPort` of a utility process; absent in a plain child process. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

const electronLink = (port: ParentPort): MessageLink => ({
  post: (message) => port.postMessage(message),
  onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
});

const forkLink = (): MessageLink => ({
  post: (message) =>
    new Promise((resolve, reject) => {
      if (!process.send) reject(new Error('the engine was started without a channel'));
      else process.send(message, undefined, {}, (error) => (error ? reject(error) : resolve()));
    }),
  onMessage: (listener) => {
    process.on('message', listener);
    process.on('disconnect', () => process.exit(0));
  },
});

const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;
const link = parentPort ? electronLink(parentPort) : forkLink();

let peer: RpcPeer<Record<string, never>> | null = null;
const emit: EngineEmit = async (name, data, transfer = []) => {
  await peer?.emit(name, data, transfer);
};
// The worker's thread loads its modules while this one loads the engine's.
const worker = new InferenceClient((error) => {
  // The tracking state died with the worker: the host starts a fresh engine and replays the prompts.
  console.error(error.message);
  process.exit(70);
});
const ffmpeg = process.env.SAM2_VIDEO_FFMPEG ?? null;
// Tried meanwhile, and remembered; what is wrong with it is said when a clip is opened.
findFfmpeg({ setting: ffmpeg }).catch(() => {});
const { Engine } = await import('./engine.ts');
const engine = new Engine(emit, worker, { ffmpeg });
peer = new RpcPeer(link, engine.methods);

// Ctrl-C reaches the whole process group, and so does a service manager's TERM; the host decides when the engine ends.
// Electron ends a utility process by TERM.
process.on('SIGINT', () => {});
if (!parentPort) process.on('SIGTERM', () => {});
