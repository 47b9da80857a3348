/** The classes that a search may ask for are those of the installed detector. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FindRuns, type FindRunsDeps } from './find-runs.ts';

const empty = await mkdtemp(join(tmpdir(), 'sam2-no-detector-'));
afterAll(() => rm(empty, { recursive: true, force: true }));

const runsWith = (modelsDir: string): FindRuns => new FindRuns({ modelsDir } as FindRunsDeps);

describe('classes of a search', () => {
  it("are the detector's, and an unknown one is refused with those that begin alike", async () => {
    const runs = runsWith(resolve('models'));
    expect(await runs.classes()).toEqual(expect.arrayContaining(['person', 'car', 'dog']));
    await runs.checkClasses(['person', 'dog']);
    await runs.checkClasses(null);
    await expect(runs.checkClasses(['person', 'carr'])).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/"carr".*alike: .*\bcar\b/),
    });
  });

  it('are none where no detector is installed', async () => {
    const runs = runsWith(empty);
    expect(await runs.classes()).toEqual([]);
    await runs.checkClasses(null);
    await expect(runs.checkClasses(['car'])).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/No detector is installed/),
    });
  });
});
