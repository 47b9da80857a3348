/**
 * `npm run bench`: frames a second of the whole tracking pipeline (decode, infer, encode results) on a 720p clip with
 * one and with four objects, the share of time outside ONNX Runtime, and the time of each graph. `--clip`, `--model`,
 * `--threads`, `--precision full|fast` choose.
 */
import { parseArgs } from 'node:util';
import { appPaths } from '../src/main/services/base/app-paths.ts';
import { startServices } from './bench-services.ts';
import { ensureObjects, measureRun, medianRun, type PipelineRun } from './measure-pipeline.ts';
import { precisionOf } from './tree/open-bench.ts';

const { values } = parseArgs({
  options: {
    clip: { type: 'string' },
    model: { type: 'string', default: 'nano' },
    threads: { type: 'string' },
    precision: { type: 'string' },
    runs: { type: 'string', default: '3' },
  },
});
const paths = appPaths();
const started = performance.now();
const clip = values.clip ?? paths.sampleClip;
const services = await startServices({
  model: values.model,
  threads: values.threads ? Number(values.threads) : undefined,
  precision: precisionOf(values.precision),
  firstClip: clip,
});
const session = await services.sessions.open(clip);
const { width, height, frameCount } = session.media;

const results: PipelineRun[] = [];
let firstMaskMs = 0;
for (const objects of [1, 4]) {
  await ensureObjects(session, objects);
  if (firstMaskMs === 0) firstMaskMs = performance.now() - started;
  const runs: PipelineRun[] = [];
  for (let i = 0; i < Number(values.runs); i++) runs.push(await measureRun(session, 10));
  results.push(medianRun(runs));
}
const { model } = session;
console.log(
  `${model.name} ${model.version} on ${model.provider} (${model.providerReason}); ${width} x ${height}, ${frameCount} frames; median of ${values.runs} runs; start to first mask ${Math.round(firstMaskMs)} ms\n`,
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
