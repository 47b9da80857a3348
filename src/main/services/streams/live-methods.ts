/** The contract's methods on live sources. */
import type { Handlers } from '../app/client-link.ts';
import type { LiveService } from './live-service.ts';

export interface LiveServices {
  readonly live: LiveService;
}

export const liveMethods = ({ live }: LiveServices): Pick<Handlers, Extract<keyof Handlers, `live.${string}`>> => ({
  'live.cameras': () => live.cameras(),
  'live.start': async ({ source }, client) => ({ operationId: await live.start(source, client) }),
  'live.append': async ({ operationId, data }) => {
    await live.append(operationId, Buffer.from(data, 'base64'));
    return {};
  },
  'live.stop': async () => {
    await live.stop();
    return {};
  },
  'live.setTracking': async ({ isOn }) => {
    await live.setTracking(isOn);
    return {};
  },
});
