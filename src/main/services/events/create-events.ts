/** What the app lets others see, as the settings say: nothing, until the user turns it on. */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { SettingValues } from '../../../shared/settings.ts';
import { EventBus } from './event-bus.ts';
import { EventLog } from './event-log.ts';
import { EventSource, type WatchedStreams } from './event-source.ts';
import { Metrics, type MetricsDeps } from './metrics.ts';
import { type MetricsServer, serveMetrics } from './metrics-server.ts';

export interface EventsDeps extends Omit<MetricsDeps, 'dropped'> {
  values: () => SettingValues;
  streams: WatchedStreams;
  logsDir: string;
  isReady: () => boolean;
  tell: (level: 'info' | 'warning', text: string) => void;
}

export interface Events {
  source: EventSource;
  /** Turns on what the settings say. A port that is taken is told, and everything else goes on. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export const createEvents = (deps: EventsDeps): Events => {
  const bus = new EventBus();
  let server: MetricsServer | null = null;
  return {
    source: new EventSource(bus, deps.streams),
    start: async () => {
      const values = deps.values();
      if (values['events.log']) bus.add(new EventLog(join(deps.logsDir, 'events.jsonl')));
      if (!values['metrics.enabled']) return;
      const metrics = new Metrics({ ...deps, dropped: () => bus.dropped });
      try {
        server = await serveMetrics(values['metrics.port'], () => metrics.text(), deps.isReady);
        bus.add(metrics);
        deps.tell('info', `Metrics are at http://127.0.0.1:${server.port}/metrics`);
      } catch (error) {
        deps.tell('warning', AppError.from(error).message);
      }
    },
    close: async () => {
      server?.close();
      await bus.settled();
    },
  };
};
