/** A job on many clips through the command line: killed, gone on with, and told of. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ledger } from '../../src/main/services/batch/ledger.ts';
import { jobSchema } from '../../src/shared/job.ts';
import { resultsSchema } from '../../src/shared/results.ts';
import { makeTempFolder, runCli, sampleClip, startCli } from './run-cli.ts';

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let clips = '';
beforeAll(async () => {
  folder = await makeTempFolder();
  clips = join(folder.path, 'clips');
  mkdirSync(join(clips, 'more'), { recursive: true });
  const cut = (name: string, from: number): void => {
    const args = ['-v', 'error', '-ss', String(from), '-i', sampleClip, '-frames:v', '8', '-s', '640x360', '-an', join(clips, name)];
    execFileSync('ffmpeg', args);
  };
  cut('one.mp4', 2.4);
  cut('two.mp4', 2.8);
  cut('more/three.mp4', 3.2);
  writeFileSync(join(clips, 'broken.mp4'), 'this is no video');
});
afterAll(() => folder.remove());

const writeJob = (job: unknown): string => {
  const path = join(folder.path, 'job.json');
  writeFileSync(path, JSON.stringify(job));
  return path;
};

const job = {
  version: 1,
  source: { from: 'prompts', objects: [{ name: 'Rabbit', prompts: [{ frame: 0, points: [{ x: 240, y: 180, label: 1 }] }] }] },
  exports: { video: false, masks: true, csv: true },
};

/** What is the same however often the batch was ended. */
const ledgerOf = (out: string): unknown =>
  new Ledger(join(out, 'ledger.jsonl')).entries.map(({ clip, key, state, frames, objects, error }) => ({
    ...{ clip, key, state, frames, objects, code: error?.code ?? null },
  }));

describe('sam2-video batch', () => {
  it('does the job on every clip, reports the broken one, and goes on where it was killed', async () => {
    const path = writeJob(job);
    const out = join(folder.path, 'out');
    const args = ['batch', clips, '-r', '--job', path, '--out', out];
    const killed = startCli(args);
    await killed.said(/broken\.mp4: failed/);
    await killed.said(/more\/three\.mp4: begun/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const run = await runCli(args);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/broken\.mp4: failed before/);
    expect(run.stdout).toContain('3 done, 1 failed');
    for (const name of ['one.mp4', 'two.mp4', 'more/three.mp4']) {
      const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, name, 'results.json'), 'utf8')));
      expect(results.frames.filter(({ objects }) => objects.some(({ area }) => area > 1000))).toHaveLength(8);
      expect(readdirSync(join(out, name, 'masks'))).toHaveLength(8);
    }
    expect(readdirSync(out).sort()).toEqual(['ledger.jsonl', 'more', 'one.mp4', 'summary.csv', 'summary.html', 'two.mp4']);
    expect(readFileSync(join(out, 'summary.html'), 'utf8')).toContain('src="one.mp4/contact-sheet.png"');
    expect(readFileSync(join(out, 'summary.csv'), 'utf8')).toMatch(/broken\.mp4,failed,0,0,[\d.]+,,source-/);

    const again = join(folder.path, 'again');
    const uncut = await runCli(['batch', clips, '-r', '--job', path, '--out', again]);
    expect(uncut.code).toBe(1);
    expect(ledgerOf(again)).toEqual(ledgerOf(out));
    const masks = (from: string): Buffer => readFileSync(join(from, 'one.mp4', 'results.json'));
    expect(masks(again).equals(masks(out))).toBe(true);
  });

  it('takes prompts from a table, and says what is wrong with a job', async () => {
    writeFileSync(join(folder.path, 'prompts.csv'), 'clip,object,frame,prompt,value\none.mp4,Rabbit,0,point,"240,180"\n');
    const path = writeJob({ ...job, source: { from: 'csv', path: 'prompts.csv' } });
    const out = join(folder.path, 'table');
    const run = await runCli(['batch', join(clips, 'one.mp4'), join(clips, 'two.mp4'), '--job', path, '--out', out]);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/one\.mp4 +done +Rabbit \(8 of 8 frames\)/);
    expect(run.stdout).toMatch(/two\.mp4 +failed +prompt-invalid: .*no row for two\.mp4/);

    const wrong = await runCli([
      'batch',
      clips,
      '--job',
      writeJob({ version: 1, source: { from: 'find' }, direktion: 'up' }),
      '--out',
      out,
    ]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/error \(bad-request\): The job .*direktion/);
  });

  it('prints a job to begin with', async () => {
    const run = await runCli(['job', 'init']);
    expect(jobSchema.parse(JSON.parse(run.stdout)).source.from).toBe('prompts');
    expect(JSON.parse((await runCli(['job', 'init', '--schema'])).stdout).required).toEqual(['version', 'source']);
  });
});
