/** `--memory` and `--gate`, up to results.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clips, makeClips } from '../../src/main/engine/media/testing/make-clips.ts';
import { resultsSchema } from '../../src/shared/results.ts';
import { makeTempFolder, runCli } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clips: Clips;
beforeAll(async () => {
  folder = await makeTempFolder();
  clips = await makeClips(['cfr']);
});
afterAll(async () => {
  await folder.remove();
  await clips.remove();
});

const track = async (name: string, ...args: string[]) => {
  const out = join(folder.path, name);
  const run = await runCli(['track', clips.path('cfr'), '--point', '160,120@0', '--no-video', '--no-masks', ...args, '--out', out]);
  return { run, results: () => resultsSchema.parse(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))) };
};

describe('sam2-video track --memory', () => {
  it('grows a tree and tells of it in results.json', async () => {
    const { run, results } = await track('tree', '--memory', 'tree', '--gate', 'samurai');
    expect(run.code).toBe(0);
    const { memory, frames } = results();
    expect(memory.settings).toMatchObject({ mode: 'tree', variant: 'live', gate: 'samurai' });
    expect(memory.counters.spawned).toBeGreaterThan(0);
    expect(frames[1]!.events![0]).toMatchObject({ type: 'spawned', frame: 1, branch: 0, parent: null });
  });

  it('is SAM2Long to the letter with tree-exact: the past is rewritten as far back as it goes', async () => {
    const { run, results } = await track('exact', '--memory', 'tree-exact');
    expect(run.code).toBe(0);
    const { settings } = results().memory;
    expect(settings).toMatchObject({ mode: 'tree', variant: 'exact', gate: 'auto', history: 1000, amendLag: 1000 });
  });

  it.each([
    [['--memory', 'shrub'], 'single, tree, tree-exact'],
    [['--gate', 'garden'], 'sam2long, samurai, dam4sam'],
  ])('refuses %j and says what there is', async (args, known) => {
    const { run } = await track('refused', ...args);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining(known)]);
  });
});
