/**
 * The figures as Prometheus reads them: its own checker and its own server, where they are installed (Debian's
 * `prometheus`); skipped elsewhere.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AppEvent } from './app-event.ts';
import { Metrics, type StreamFacts } from './metrics.ts';
import { type MetricsServer, serveMetrics } from './metrics-server.ts';
import { streamState } from './testing/stream-facts.ts';

const isInstalled = spawnSync('promtool', ['--version']).status === 0;
const grafana = resolve(import.meta.dirname, '../../../../resources/grafana');

let server: MetricsServer | null = null;
afterEach(() => server?.close());

const frame = (number: number, processingMs: number | null): AppEvent => ({
  ...{ type: 'frame', stream: 'door', frame: number, processingMs, atMs: 0 },
  objects: [
    { id: 1, isPresent: true, predictedIou: 0.92, area: 5 },
    { id: 2, isPresent: false, predictedIou: 0.1, area: 0 },
  ],
});

const setUp = (facts: StreamFacts[]) => {
  const metrics = new Metrics({
    facts: () => facts,
    modelSize: () => 'nano',
    info: () => ({ version: '1.2.3', provider: 'cpu' }),
    freeBytes: async () => 1e9,
    dropped: () => ({ log: 3 }),
  });
  metrics.write([
    ...[0, 1, 2].map((number) => frame(number, 40)),
    frame(3, null),
    { type: 'object-born', stream: 'door', objectId: 1, atMs: 0 },
    { type: 'object-ended', stream: 'door', objectId: 1, atMs: 0 },
    { type: 'engine', state: 'restarting', atMs: 0 },
    { type: 'engine', state: 'ready', atMs: 0 },
  ]);
  return metrics;
};

const door = (some: Parameters<typeof streamState>[0] = {}): StreamFacts => ({
  state: streamState({ name: 'door', objects: 1, dropped: 4, reconnects: 2, ...some }),
  faults: { stalled: 2 },
});

it('count what happened, once', async () => {
  const metrics = setUp([door()]);
  await metrics.text();
  const text = await metrics.text();
  for (const line of [
    'video_processor_active_streams 1',
    'video_processor_frames_total{stream_id="door",status="processed"} 3',
    'video_processor_frames_total{stream_id="door",status="shown"} 1',
    'video_processor_frame_duration_seconds_bucket{le="0.025",operation="video_frame_total"} 0',
    'video_processor_frame_duration_seconds_bucket{le="0.05",operation="video_frame_total"} 3',
    'video_processor_fps{stream_id="door"} 10',
    'video_processor_objects_tracked_total 1',
    'video_processor_active_tracks{stream_id="door"} 1',
    'video_processor_tracking_confidence_count 3',
    'video_processor_system_info{version="1.2.3",provider="cpu",cuda_available="false"} 1',
    'sam2_inference_duration_seconds_count{model_size="nano",operation="propagate"} 3',
    'video_processor_frames_dropped_total{stream_id="door",reason="slow"} 4',
    'video_processor_reconnects_total{stream_id="door"} 2',
    'video_processor_faults_total{kind="stalled"} 2',
    'video_processor_tracks_ended_total{reason="stream_removed"} 1',
    'video_processor_engine_restarts_total 1',
    'video_processor_disk_free_bytes 1000000000',
    'video_processor_events_dropped_total{sink="log"} 3',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).not.toContain('rtsp://');
});

it('series of a stream end with it', async () => {
  const facts = [door()];
  const metrics = setUp(facts);
  expect(await metrics.text()).toContain('door');
  facts.length = 0;
  expect(await metrics.text()).not.toContain('door');
});

it('are served to this machine alone, with the health beside them', async () => {
  let isWell = false;
  const metrics = setUp([door()]);
  server = await serveMetrics(
    0,
    () => metrics.text(),
    () => isWell,
  );
  const at = `http://127.0.0.1:${server.port}`;
  expect((await fetch(`${at}/healthz`)).status).toBe(503);
  isWell = true;
  expect(await (await fetch(`${at}/healthz`)).text()).toBe('ok\n');
  expect((await fetch(`${at}/metrics`)).headers.get('content-type')).toContain('version=0.0.4');
  expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${at}/else`)).status).toBe(404);
  await expect(
    serveMetrics(
      server.port,
      () => metrics.text(),
      () => true,
    ),
  ).rejects.toThrow(/is used by another program.*metrics\.port/);
});

const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => settle(port));
    });
  });

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })) }),
});

describe.skipIf(!isInstalled)('with Prometheus (Debian: apt-get install prometheus)', () => {
  it('its checker finds nothing wrong', async () => {
    const text = await setUp([door()]).text();
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toBe('');
    expect(status).toBe(0);
  });

  it('its checker finds the alert rules right', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', join(grafana, 'alerts.yml')], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain('4 rules found');
  });

  it('it scrapes them, and every query of the dashboard has an answer', async () => {
    const metrics = setUp([door()]);
    server = await serveMetrics(
      0,
      () => metrics.text(),
      () => true,
    );
    const folder = mkdtempSync(join(tmpdir(), 'sam2-prometheus-'));
    const config = join(folder, 'prometheus.yml');
    const target = `127.0.0.1:${server.port}`;
    writeFileSync(
      config,
      JSON.stringify({ scrape_configs: [{ job_name: 'sam2-video', scrape_interval: '1s', static_configs: [{ targets: [target] }] }] }),
    );
    const port = await freePort();
    const at = `http://127.0.0.1:${port}`;
    const child = spawn('prometheus', [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
    ]);
    const ask = async (query: string) => {
      const answer = await fetch(`${at}/api/v1/query?query=${encodeURIComponent(query)}`);
      return answerSchema.parse(await answer.json()).data.result;
    };
    try {
      await expect
        .poll(
          () =>
            ask('video_processor_frames_total').then(
              ({ length }) => length,
              () => 0,
            ),
          { timeout: 30_000 },
        )
        .toBe(2);
      expect((await ask('video_processor_frames_total{status="processed"}'))[0]?.value[1]).toBe('3');
      expect((await ask('sum(video_processor_faults_total)'))[0]?.value[1]).toBe('2');
      const dashboard = readFileSync(join(grafana, 'sam2-video.json'), 'utf8');
      const queries = [...dashboard.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text!) as string);
      expect(queries.length).toBeGreaterThanOrEqual(10);
      await expect
        .poll(
          async () =>
            (await Promise.all(queries.map(async (query) => [query, (await ask(query)).length] as const))).filter(([, n]) => n === 0),
          {
            timeout: 30_000,
          },
        )
        .toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await new Promise((done) => child.once('close', done));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }, 90_000);
});

it('the dashboard is one that Grafana can read', () => {
  expect(existsSync(join(grafana, 'sam2-video.json'))).toBe(true);
  const dashboardSchema = z.object({
    uid: z.string(),
    title: z.string(),
    schemaVersion: z.number(),
    panels: z
      .array(
        z.object({
          id: z.number(),
          type: z.string(),
          title: z.string(),
          gridPos: z.object({ x: z.number().max(23), y: z.number(), w: z.number().max(24), h: z.number() }),
          targets: z.array(z.object({ expr: z.string(), refId: z.string() })).min(1),
        }),
      )
      .min(10),
  });
  const { panels } = dashboardSchema.parse(JSON.parse(readFileSync(join(grafana, 'sam2-video.json'), 'utf8')));
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});
