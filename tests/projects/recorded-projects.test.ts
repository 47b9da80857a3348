/**
 * Projects that earlier versions of the format made open in this one, with everything their users had. A folder is
 * added by record-project.ts for each new number of the format and never changed again.
 */
import { copyFile, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeServices } from '../../src/main/cli/headless.ts';
import type { Services } from '../../src/main/services/app/services.ts';
import { readProjectFile } from '../../src/main/services/project/project.ts';
import { projectVersion } from '../../src/shared/project.ts';
import { clipPath, factsAfter, factsOf, fixturesDir, recordedFacts } from './project-facts.ts';

const recorded = (await readdir(fixturesDir)).filter((name) => /^project-\d+$/.test(name));

let work: string;
let services: Services;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'sam2-projects-'));
  // The recording knows its clip from another machine: it is found beside the project.
  await copyFile(clipPath, join(work, basename(clipPath)));
  services = await makeServices({}, { dataDir: join(work, 'data'), keepsProjects: true, exportRoot: work });
});
afterAll(async () => {
  await services.close();
  await rm(work, { recursive: true, force: true });
});

it('one of the present format is among them', () => {
  expect(recorded).toContain(`project-${projectVersion}`);
});

describe.each(recorded)('%s', (name) => {
  it('opens with its objects, prompts, masks, marks and history, and is worked on', async () => {
    const expected = recordedFacts(join(fixturesDir, name));
    const folder = join(work, name);
    await cp(join(fixturesDir, name), folder, { recursive: true });
    const session = await services.sessions.openProject(folder);
    expect(factsOf(session)).toEqual(expected.opened);
    expect(await factsAfter(session, 'undo')).toEqual(expected.undone);
    expect(await factsAfter(session, 'redo')).toEqual(expected.redone);
    // Its prompts are with the engine, and what is tracked now is kept beside what was.
    const { state, error } = await services.operations.ended(services.runs.start(session, { direction: 'forward', from: 5, to: 6 }));
    expect([state, error]).toEqual(['done', null]);
    expect(session.objects.map(({ results }) => results.at(-1)?.[1] === 6)).toContain(true);
    await services.sessions.close(session.id);
    // Saved, it is one of the present format.
    expect(readProjectFile(folder).version).toBe(projectVersion);
  });
});
