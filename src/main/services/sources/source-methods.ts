/** The contract's methods on imports and uploads. */
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { Sources } from './sources.ts';

export const sourceMethods = ({ imports, store, clips, uploads }: Sources): Handlers<MethodsOf<'import' | 'upload'>> => ({
  'import.finish': async ({ operationId }) => {
    await imports.finish(operationId);
    return {};
  },
  'import.list': async () => ({ folder: store.folder, clips: await clips.list() }),
  'import.remove': ({ ids }) => clips.remove(ids),
  'upload.begin': async ({ name, bytes }, client) => ({ operationId: await uploads.begin(name, bytes, client) }),
  'upload.append': async ({ operationId, data, total }) => {
    await uploads.append(operationId, Buffer.from(data, 'base64'), total);
    return {};
  },
  'upload.finish': async ({ operationId }) => ({ sessionId: await uploads.complete(operationId) }),
});
