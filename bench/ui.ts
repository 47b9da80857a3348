/**
 * `npm run bench:ui`: what a user of the window waits for, in Chromium with software WebGL. Frames a second of playing
 * with ten objects, the time from a click to its mask by stage, bytes on the wire, and memory after playing and
 * tracking for `--minutes` (20 by default). `--model` chooses.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeServices } from '../src/main/cli/headless.ts';
import type { MessageLink } from '../src/main/common/rpc.ts';
import type { Services } from '../src/main/services/app/services.ts';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import type { EngineProcess } from '../src/main/services/engine-link/engine-supervisor.ts';
import { forkEngine } from '../src/main/services/engine-link/fork-engine.ts';
import { startWebHost } from '../src/main/web/server.ts';
import { formatBytes } from '../src/shared/format-bytes.ts';
import { median } from './statistics.ts';
import { type ClickStages, type EngineTimes, measureClick, medianStages, stageNames } from './window/click-stages.ts';
import { openPage, residentBytes, seekMs, windowHeap } from './window/open-window.ts';
import { measurePlaying, watchSocket } from './window/playing.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    model: { type: 'string', default: 'nano' },
    clicks: { type: 'string', default: '9' },
  },
});
const objects = 10;
/** At memory, evenly over the time. */
const looks = 10;
const minutes = Number(values.minutes);
const folder = mkdtempSync(join(tmpdir(), 'sam2-video-ui-'));

/** When the host and the engine had a prompt in hand; times of `Date.now()` with fractions, as the window's. */
const times: EngineTimes = { received: 0, asked: 0, answered: 0, sent: 0, engine: null };
const now = (): number => performance.timeOrigin + performance.now();

/** The engine, with a look at what goes by. */
const watchedEngine = (): EngineProcess => {
  const engine = forkEngine();
  let promptId = -1;
  const link: MessageLink = {
    post: (message, transfer) => {
      const { t, m, id } = message as { t: string; m?: string; id?: number };
      if (t === 'req' && m === 'setPoints') {
        promptId = id!;
        times.asked = now();
      }
      return engine.link.post(message, transfer);
    },
    onMessage: (listener) =>
      engine.link.onMessage((message) => {
        const { t, id, n, d } = message as { t: string; id?: number; n?: string; d?: unknown };
        if (t === 'res' && id === promptId) times.answered = now();
        if (t === 'ev' && n === 'prompted') times.engine = d as EngineTimes['engine'];
        listener(message);
      }),
  };
  return { ...engine, link };
};

/** The services, with a look at what a client asks and gets. */
const watch = (services: Services): void => {
  const connect = services.connect.bind(services);
  services.connect = (client) => {
    const connection = connect({
      ...client,
      send: (message) => client.send(message),
      sendBinary: (data) => {
        if (times.sent === 0) times.sent = now();
        client.sendBinary(data);
      },
    });
    return {
      ...connection,
      receive: (data) => {
        if ((data as { m?: string }).m === 'prompt.set')
          Object.assign(times, { received: now(), asked: 0, answered: 0, sent: 0, engine: null });
        connection.receive(data);
      },
    };
  };
};

const paths = appPaths();
const services = await makeServices(
  { model: values.model },
  { dataDir: join(folder, 'data'), keepsProjects: true, exportRoot: join(folder, 'exports'), spawnEngine: watchedEngine },
);
watch(services);
const host = await startWebHost({ services, rendererDir: paths.renderer, port: 0 });
const window = await openPage(host.url, watchSocket);
const { page, cdp } = window;
const memory: { minute: number; window: number; host: number; engine: number; browser: number }[] = [];

const remember = async (minute: number): Promise<void> => {
  const all = residentBytes(process.pid);
  const sum = (is: (command: string) => boolean): number => all.reduce((total, { command, bytes }) => total + (is(command) ? bytes : 0), 0);
  memory.push({
    minute,
    window: await windowHeap(cdp),
    host: process.memoryUsage().rss,
    engine: sum((command) => command.includes('engine/server/process')),
    browser: sum((command) => command.includes('--type=renderer')),
  });
};

try {
  await page.getByRole('button', { name: 'Open the sample clip' }).click();
  await page.getByRole('region', { name: 'Timeline' }).waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Got it' }).click();
  const { name, imageSize, provider } = services.sessions.latest.model;

  const first: ClickStages[] = [];
  const again: ClickStages[] = [];
  const looked: ClickStages[] = [];
  for (let i = 0; i < Number(values.clicks); i++) {
    await seekMs(page, 5 + 13 * i);
    await page.keyboard.press('a');
    first.push(await measureClick(page, { x: 540, y: 380 }, times));
    again.push(await measureClick(page, { x: 500, y: 330 }, times));
    await seekMs(page, 9 + 13 * i);
    await page.keyboard.press('a');
    // As long as somebody looks before clicking.
    await page.waitForTimeout(1000);
    looked.push(await measureClick(page, { x: 540, y: 380 }, times));
  }
  console.log(
    `${name} at ${imageSize} px on ${provider}; ${cpus().length} threads of ${cpus()[0]?.model.trim()}; Chromium with software WebGL, 1280 x 720; median of ${values.clicks}\n`,
  );
  console.log(
    '| from click to mask, ms | first click on a frame, at once | first click after a second | next click there |\n|---|---|---|---|',
  );
  const columns = [first, looked, again].map(medianStages);
  for (const stage of stageNames) console.log(`| ${stage} | ${columns.map((column) => column[stage].toFixed(1)).join(' | ')} |`);

  for (const { id } of services.sessions.latest.objects) await services.sessions.latest.edits.removeObject(id);
  const { width, height } = services.sessions.latest.media;
  for (let i = 0; i < objects; i++) {
    const point = { x: (width * (i + 0.5)) / objects, y: height * (i % 2 === 0 ? 0.35 : 0.65), label: 1 as const };
    await services.sessions.latest.edits.setPoints(services.sessions.latest.edits.addObject(), 0, [point], null);
  }
  const track = async (): Promise<number> => {
    const started = performance.now();
    const id = services.runs.start(services.sessions.latest, { direction: 'forward' });
    await services.operations.ended(id);
    return (services.sessions.latest.media.frameCount * 1000) / (performance.now() - started);
  };
  await remember(0);
  const started = performance.now();
  const tracked = [await track()];
  const played = [await measurePlaying(page)];
  // Every cache and arena has been used once: what grows from here on grows for ever.
  await remember((performance.now() - started) / 60_000);
  const elapsed = (): number => (performance.now() - started) / 60_000;
  while (elapsed() < minutes) {
    if (elapsed() > (memory.length - 1) * (minutes / looks)) await remember(elapsed());
    played.push(await measurePlaying(page));
    if (played.length % 6 === 0) tracked.push(await track());
  }
  await remember(elapsed());
  const least = Math.min(...played.map((run) => run.framesPerSecond));
  console.log(`\n| ${objects} objects, ${width} x ${height}, 25 frames/s | |\n|---|---|`);
  console.log(
    `| playing | ${median(played.map((run) => run.framesPerSecond)).toFixed(1)} frames/s (least of ${played.length} runs ${least.toFixed(1)}) |`,
  );
  console.log(`| drawing in the window | ${median(played.map((run) => run.drawsPerSecond)).toFixed(1)} animation frames/s |`);
  console.log(`| a frame on the wire | ${formatBytes(median(played.map((run) => run.bytesPerFrame)))} |`);
  console.log(`| tracking while watched | ${median(tracked).toFixed(1)} frames/s |`);
  console.log('\n| playing and tracking | window, live objects | window process | host process | engine process |\n|---|---|---|---|---|');
  for (const at of memory)
    console.log(
      `| after ${at.minute.toFixed(1)} min | ${formatBytes(at.window)} | ${formatBytes(at.browser)} | ${formatBytes(at.host)} | ${formatBytes(at.engine)} |`,
    );
} finally {
  await window.close();
  await host.close();
  await services.close();
  rmSync(folder, { recursive: true, force: true });
}
