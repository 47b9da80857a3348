/** `sam2-video models ...`: what models there are, and installing, checking and removing their weights. */
import { relative } from 'node:path';
import type { Command } from 'commander';
import { formatBytes } from '../../shared/format-bytes.ts';
import type { ModelEntry } from '../../shared/models.ts';
import { appPaths, installedModelsDir, userDataDir } from '../services/base/app-paths.ts';
import { RateMeter } from '../services/base/rate-meter.ts';
import { checkProxy } from '../services/download/download-address.ts';
import { ModelInstaller } from '../services/models/model-installer.ts';
import { listModels } from '../services/models/model-list.ts';
import { installedMessage } from '../services/models/model-service.ts';
import { readModelSettings } from '../services/models/model-settings.ts';
import { quantizeModel } from '../services/models/quantize-model.ts';
import { BytesView } from './bytes-view.ts';
import { appVersion } from './headless.ts';
import { exitCodes, formatEta, withInterrupt } from './terminal.ts';

const makeInstaller = (): ModelInstaller => {
  const paths = appPaths();
  return new ModelInstaller({ modelsDir: paths.models, installedDir: installedModelsDir(), appVersion: appVersion(paths) });
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs an installation with its progress on stderr; the first Ctrl-C cancels it. */
const withProgress = async <T>(
  title: string,
  work: (run: Parameters<ModelInstaller['verify']>[1]) => Promise<T>,
  done: (result: T) => void,
): Promise<number> => {
  const controller = new AbortController();
  const view = new BytesView(title);
  try {
    const result = await withInterrupt(
      () => controller.abort(),
      () => work({ signal: controller.signal, onProgress: (progress) => view.show(progress) }),
    );
    view.end();
    done(result);
    return exitCodes.done;
  } catch (error) {
    if (controller.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    view.end();
  }
};

const states: Record<ModelEntry['state'], string> = {
  bundled: 'comes with the app',
  installed: 'installed',
  partial: 'partly downloaded',
  missing: 'not installed',
};

const describe = (entry: ModelEntry): string => {
  const { id, name, state, imageSizes, licence, weights, installed, partialBytes, speed } = entry;
  const size = weights ? (installed?.bytes ?? weights.bytes) : null;
  const sizeText = size === null ? '' : `, ${formatBytes(size)}`;
  const partText = state === 'partial' ? ` (${formatBytes(partialBytes)} so far)` : '';
  const lines = [
    `${id}\t${name}, ${states[state]}${partText}${sizeText}, ${imageSizes.join(' and ')} px`,
    ...(speed ? [`  speed: ${speed}`] : []),
    `  licence: ${licence}`,
  ];
  if (installed) {
    const check = installed.checked === 'published' ? 'as published' : 'recorded at installation; none is published for this file';
    lines.push(`  weights: ${installed.path}`, `  sha256: ${installed.sha256} (${check})`, `  from: ${installed.source}`);
  } else if (weights) {
    lines.push(`  from: ${weights.url ?? 'no official address; import the file from disk'}`);
  }
  return lines.join('\n');
};

const list = async (isJson: boolean): Promise<number> => {
  const entries = await listModels(makeInstaller());
  say(isJson ? JSON.stringify(entries, null, 1) : entries.map(describe).join('\n'));
  return exitCodes.done;
};

const get = async (id: string, options: { proxy?: string }): Promise<number> => {
  const installer = makeInstaller();
  const { proxy } = await readModelSettings(`${userDataDir()}/models.json`);
  const chosen = options.proxy === undefined ? proxy : checkProxy(options.proxy);
  return withProgress(
    `Get ${id}`,
    (run) => installer.download(id, run, chosen),
    (outcome) => say(`${installedMessage(outcome)}\n${installer.checkpointPath(outcome.model)}`),
  );
};

const importFile = async (path: string, options: { as?: string; link: boolean }): Promise<number> => {
  const installer = makeInstaller();
  const id = options.as ?? (await installer.identify(path));
  return withProgress(
    `Import ${relative(process.cwd(), path) || path}`,
    (run) => installer.import(id, path, run, options.link),
    (outcome) => say(`${installedMessage(outcome)}\n${installer.checkpointPath(outcome.model)}`),
  );
};

const verify = async (id: string): Promise<number> => withProgress(`Verify ${id}`, (run) => makeInstaller().verify(id, run), say);

const remove = async (id: string): Promise<number> => {
  const removed = await makeInstaller().remove(id);
  for (const path of removed) say(`removed ${path}`);
  return exitCodes.done;
};

/** A line for every tenth of the work on a pipe, one that changes on a terminal. */
const stepsView = (title: string) => {
  const meter = new RateMeter(60_000);
  let lastTenth = 0;
  let isShown = false;
  return {
    show: (done: number, total: number): void => {
      meter.add(done, performance.now());
      const tenth = Math.floor((done * 10) / total);
      if (!process.stderr.isTTY && tenth === lastTenth) return;
      lastTenth = tenth;
      isShown = true;
      const eta = meter.perSecond ? (Math.max(0, total - done) / meter.perSecond) * 1000 : null;
      const line = `${title}: ${Math.min(100, Math.floor((100 * done) / total))} %, ETA ${formatEta(eta)}`;
      process.stderr.write(process.stderr.isTTY ? `\r${line} ` : `${line}\n`);
    },
    end: (): void => {
      if (isShown && process.stderr.isTTY) process.stderr.write('\n');
    },
  };
};

const quantize = async (spec: string, { out, overwrite }: { out?: string; overwrite: boolean }): Promise<number> => {
  const { models, sampleClip } = appPaths();
  const ending = new AbortController();
  const view = stepsView(`int8 version of ${spec}`);
  const made = await withInterrupt(
    () => ending.abort(),
    () =>
      quantizeModel(
        spec,
        { models, installed: installedModelsDir(), sampleClip },
        { folder: out, overwrite },
        { signal: ending.signal, onProgress: view.show },
      ),
  )
    .catch((error: unknown) => {
      if (ending.signal.aborted) return null;
      throw error;
    })
    .finally(view.end);
  if (!made) return exitCodes.interrupted;
  const { dir, bits, loss } = made;
  const [before, after] = loss.frameMs;
  say(`${dir}`);
  say(
    `${bits}-bit integers; on ${loss.frames} frames of the sample its masks have a mean IoU of ${loss.meanIou.toFixed(3)} (least ${loss.leastIou.toFixed(3)}) with those of the original.`,
  );
  say(`${after.toFixed(0)} ms a tracked frame instead of ${before.toFixed(0)}. Use it with --model ${dir}`);
  return exitCodes.done;
};

/** Adds the commands; without one of them, `models` lists. */
export const addModelsCommand = (program: Command, finish: (work: Promise<number>) => Promise<void>): void => {
  const models = program.command('models').description('list, get, import, verify and remove models');
  models
    .command('list', { isDefault: true })
    .description('list models and where they are')
    .option('--json', 'as JSON', false)
    .action((options: { json: boolean }) => finish(list(options.json)));
  models
    .command('get')
    .description("download a model's weights from their official address, resuming an interrupted download")
    .argument('<model>', 'its id')
    .option('--proxy <url>', 'proxy to use (default: the one set in the app, else HTTPS_PROXY and NO_PROXY)')
    .action((id: string, options: { proxy?: string }) => finish(get(id, options)));
  models
    .command('import')
    .description('install a checkpoint file (.pt) from disk')
    .argument('<file>', 'the checkpoint')
    .option('--as <model>', 'the model it belongs to (default: the one it fits)')
    .option('--link', 'share the file by a hard link instead of copying it', false)
    .action((path: string, options: { as?: string; link: boolean }) => finish(importFile(path, options)));
  models
    .command('verify')
    .description('read an installed model again and check it')
    .argument('<model>', 'its id')
    .action((id: string) => finish(verify(id)));
  models
    .command('remove')
    .description('remove installed weights and everything made from them')
    .argument('<model>', 'its id')
    .action((id: string) => finish(remove(id)));
  models
    .command('quantize')
    .description('make an int8 version of an installed model for this CPU, and measure what it loses')
    .argument('<model>', 'its id, with @<image size> if there are several, or a bundle folder')
    .option('--out <folder>', 'folder of the new bundle (default: beside the weights)')
    .option('--overwrite', 'replace an earlier version there', false)
    .action((spec: string, options: { out?: string; overwrite: boolean }) => finish(quantize(spec, options)));
};
