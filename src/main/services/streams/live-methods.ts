/** The contract's methods on live sources. */
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { LiveService } from './live-service.ts';
import type { StreamService } from './stream-service.ts';

export const liveMethods = (live: LiveService, streams: StreamService): Handlers<MethodsOf<'live'>> => ({
  'live.cameras': () => live.cameras(),
  'live.start': ({ source }, client) => live.start(source, client),
  'live.append': async ({ operationId, data }) => {
    await live.append(operationId, Buffer.from(data, 'base64'));
    return {};
  },
  'live.stop': async ({ sessionId }) => ({ sessionId: await live.stop(sessionId) }),
  'live.setTracking': async ({ sessionId, isOn }) => {
    if (!(await streams.setTracking(sessionId, isOn))) await live.setTracking(sessionId, isOn);
    return {};
  },
});
