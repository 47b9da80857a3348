/** Settings of what others may see of the app: rows of the table in settings.ts. All of it is off at first. */
import { z } from 'zod';

export const metricsSettings = {
  'metrics.enabled': {
    schema: z.boolean(),
    kind: 'switch',
    group: 'Monitoring',
    title: 'Metrics for Prometheus',
    effect: 'Serves figures of the streams and the engine at /metrics, to programs on this machine alone.',
    default: false,
    keywords: 'prometheus grafana metrics monitoring scrape',
    needsRestart: true,
    variable: 'METRICS_ENABLED',
  },
  'metrics.port': {
    schema: z.number().int().min(0).max(65_535),
    kind: 'number',
    group: 'Monitoring',
    title: 'Port of the metrics',
    effect: 'Port on 127.0.0.1. Prometheus itself uses 9090 too: where both run, choose another. 0 takes any free one.',
    default: 9090,
    min: 0,
    max: 65_535,
    step: 1,
    keywords: 'prometheus metrics port',
    needsRestart: true,
    variable: 'METRICS_PORT',
  },
  'events.log': {
    schema: z.boolean(),
    kind: 'switch',
    group: 'Monitoring',
    title: 'Event log',
    effect: 'Writes objects found and lost, runs and faults to events.jsonl in the log folder, a line of JSON each.',
    default: false,
    keywords: 'events jsonl log file objects born lost',
    needsRestart: true,
  },
} as const;
