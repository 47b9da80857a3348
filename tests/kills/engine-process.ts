/** The scripted engine in a process of its own, so that it can be killed. It ends with its host. */
import { serveScriptedEngine } from './scripted-engine.ts';

process.on('disconnect', () => process.exit(0));
serveScriptedEngine({
  // A message that can't be sent any more belongs to a host that is gone.
  post: (message) => new Promise((resolve) => process.send!(message, undefined, {}, () => resolve())),
  onMessage: (listener) => process.on('message', listener),
});
