/** Files that the system hands to the app. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { filesOfArgv, OpenRequests, projectOrFile, startDataSchema } from './opened-files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sam2-shell-'));
  for (const name of ['a.mp4', 'b c.mp4']) await writeFile(join(folder, name), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('files that are handed over', () => {
  it('are found among switches, and only when they are there', () => {
    const given = ['--original-process-start-time=1', 'a.mp4', '--no-sandbox', join(folder, 'b c.mp4'), 'missing.mp4', ''];
    const found = [join(folder, 'a.mp4'), join(folder, 'b c.mp4')];
    expect(filesOfArgv(['/opt/app', ...given], true, folder)).toEqual(found);
    expect(filesOfArgv(['/electron', '.', ...given], false, folder)).toEqual(found);
  });

  it("open the project that a project's file belongs to", () => {
    expect(projectOrFile(join('work', 'project.json'))).toBe('work');
    expect(projectOrFile('clip.mp4')).toBe('clip.mp4');
  });

  it('are checked when another start hands them over', () => {
    expect(startDataSchema.safeParse({ files: ['/a.mp4'] }).success).toBe(true);
    for (const data of [undefined, {}, { files: 'a' }, { files: [7] }, { files: [''] }, { files: ['x'.repeat(5000)] }])
      expect(startDataSchema.safeParse(data).success).toBe(false);
  });

  it('wait until the app is ready, are opened in turn, and what fails is told', async () => {
    const opened: string[] = [];
    const open = vi.fn(async (path: string) => {
      if (path === 'broken.mp4') throw new AppError('source-unreadable', 'broken.mp4 can not be read.');
      opened.push(path);
      return {} as never;
    });
    const add = vi.fn();
    const services = { sessions: { openWork: open }, notices: { add } };
    const requests = new OpenRequests();
    requests.add(['a.mp4', 'b.mp4']);
    expect(open).not.toHaveBeenCalled();
    expect(await requests.attach(services)).toBe(true);
    expect(opened).toEqual(['a.mp4', 'b.mp4']);
    expect(add).not.toHaveBeenCalled();
    requests.add(['broken.mp4']);
    requests.add([]);
    requests.add(['c.mp4']);
    await requests.settled();
    expect(add).toHaveBeenLastCalledWith('error', 'broken.mp4 can not be read.');
    expect(opened).toEqual(['a.mp4', 'b.mp4', 'c.mp4']);
    expect(await new OpenRequests().attach(services)).toBe(false);
  });
});
