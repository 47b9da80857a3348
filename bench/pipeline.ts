/**
 * `npm run bench`: frames a second of the whole tracking pipeline (decode, infer, encode results) on a 720p clip with one and with
 * four objects, the share of time outside ONNX Runtime, and the time of each graph. `--clip`, `--model`, `--threads` choose.
 */
import { parseArgs } from 'node:util';
import type { TrackedFrameEvent } from '../src/main/engine/protocol.ts';
import { appPaths } from '../src/main/services/app-paths.ts';
import { createAppServices } from '../src/main/services/app-services.ts';
import { forkEngine } from '../src/main/services/fork-engine.ts';

const { values } = parseArgs({
  options: {
    clip: { type: 'string' },
    model: { type: 'string', default: 'nano' },
    threads: { type: 'string' },
    runs: { type: 'string', default: '3' },
  },
});
const paths = appPaths();
const started = performance.now();
const services = await createAppServices({
  host: 'web',
  appVersion: 'bench',
  spawnEngine: () => forkEngine(),
  modelsDir: paths.models,
  sampleClip: paths.sampleClip,
  exportRoot: process.cwd(),
  model: values.model,
  threads: values.threads ? Number(values.threads) : undefined,
});
services.requireEngine();
const session = await services.openSession(values.clip ?? paths.sampleClip);
const { width, height, frameCount } = session.media;

/** Points spread over the frame: what they hit does not matter for speed. */
const points = [
  { x: 0.45, y: 0.53 },
  { x: 0.1, y: 0.45 },
  { x: 0.7, y: 0.5 },
  { x: 0.5, y: 0.2 },
].map(({ x, y }) => ({ x: x * width, y: y * height, label: 1 as const }));

interface Run {
  objects: number;
  framesPerSecond: number;
  outsideShare: number;
  graphs: Record<string, number>;
}

const measure = async (objects: number): Promise<Run> => {
  const events: TrackedFrameEvent[] = [];
  const start = performance.now();
  await session.track(`bench-${Math.random()}`, { direction: 'forward', display: null }, (event) => events.push(event));
  const elapsed = performance.now() - start;
  // The first frames fill the memory bank; the steady rest is what a long clip costs.
  const steady = events.slice(10);
  const sum = (pick: (event: TrackedFrameEvent) => number): number => steady.reduce((total, event) => total + pick(event), 0);
  const inside = sum(({ timings }) => timings.imageEncoder + timings.memoryAttention + timings.maskDecoder + timings.memoryEncoder);
  const wall = (elapsed * steady.length) / events.length;
  return {
    objects,
    framesPerSecond: (events.length * 1000) / elapsed,
    outsideShare: Math.max(0, 1 - inside / wall),
    graphs: Object.fromEntries(
      (['imageEncoder', 'memoryAttention', 'maskDecoder', 'memoryEncoder'] as const).map((name) => [
        name,
        sum(({ timings }) => timings[name]) / steady.length,
      ]),
    ),
  };
};

const median = (runs: Run[]): Run => [...runs].sort((a, b) => a.framesPerSecond - b.framesPerSecond)[Math.floor(runs.length / 2)]!;

const results: Run[] = [];
let firstMaskMs = 0;
for (const objects of [1, 4]) {
  for (let i = session.objects.length; i < objects; i++) {
    await session.setPoints(session.addObject(), 0, [points[i]!], null);
    if (firstMaskMs === 0) firstMaskMs = performance.now() - started;
  }
  const runs: Run[] = [];
  for (let i = 0; i < Number(values.runs); i++) runs.push(await measure(objects));
  results.push(median(runs));
}
const { model } = session;
console.log(
  `${model.name} ${model.version} on ${model.provider}; ${width} x ${height}, ${frameCount} frames; median of ${values.runs} runs; start to first mask ${Math.round(firstMaskMs)} ms\n`,
);
console.log('| objects | frames/s | outside ONNX Runtime | image encoder ms | memory attention ms | mask decoder ms | memory encoder ms |');
console.log('|---|---|---|---|---|---|---|');
for (const { objects, framesPerSecond, outsideShare, graphs } of results) {
  console.log(
    `| ${objects} | ${framesPerSecond.toFixed(1)} | ${(outsideShare * 100).toFixed(1)} % | ${Object.values(graphs)
      .map((ms) => ms.toFixed(1))
      .join(' | ')} |`,
  );
}
await services.close();
