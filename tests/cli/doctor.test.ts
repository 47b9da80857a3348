import { join } from 'node:path';
import { expect, it } from 'vitest';
import { doctorReportSchema } from '../../src/shared/doctor.ts';
import { runCli } from './run-cli.ts';

it('prints what the machine has, for people and for programs', async () => {
  const json = await runCli(['doctor', '--json']);
  expect(json.code, json.stderr).toBe(0);
  const report = doctorReportSchema.parse(JSON.parse(json.stdout));
  expect(report.engine.state).toBe('ready');
  expect(report.ffmpeg?.lacks).toEqual([]);
  expect(report.models).toContainEqual({ id: 'nano', state: 'bundled', isActive: true });
  expect(report.providers.filter(({ state }) => state === 'used')).toHaveLength(1);
  expect(report.disk.free).toBeGreaterThan(0);

  const text = await runCli(['doctor']);
  expect(text.stdout).toMatch(/^SAM2 Video \d.*, Node \d/);
  expect(text.stdout).toContain(`ffmpeg: ${report.ffmpeg!.version}, ${report.ffmpeg!.path}`);
  expect(text.stdout).toMatch(/^ {2}cpu: used \(.+\)$/m);
  expect(text.stdout).toContain('nano (at work)');
});

it('fails, and says what to do, where ffmpeg does not work', async () => {
  const wrong = join(import.meta.dirname, 'absent');
  const { code, stdout } = await runCli(['doctor'], { FFMPEG_PATH: wrong });
  expect(code).toBe(1);
  expect(stdout).toMatch(/ffmpeg: none\. .*FFMPEG_PATH: .*absent does not run.*Install it/);
});
