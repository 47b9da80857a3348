/**
 * Makes the project that later versions have to open: `node scripts/run.mjs record-project`. Run it only when the
 * format has a new number (`projectVersion`); the folders of earlier ones stay as they are.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeServices } from '../../src/main/cli/headless.ts';
import { projectVersion } from '../../src/shared/project.ts';
import { compressCounts } from '../../src/shared/rle.ts';
import { clipPath, factsAfter, factsOf, fixturesDir, type RecordedFacts } from './project-facts.ts';

const work = mkdtempSync(join(tmpdir(), 'sam2-record-project-'));
const services = await makeServices({}, { dataDir: join(work, 'data'), keepsProjects: true, exportRoot: work });
try {
  const session = await services.sessions.open(clipPath);
  const { edits } = session;
  const track = async (from: number, to: number): Promise<void> => {
    const { error } = await services.operations.ended(services.runs.start(session, { direction: 'forward', from, to }));
    if (error) throw new Error(error.message);
  };
  session.setMemory({ ...session.memory, mode: 'tree' });
  const squirrel = edits.addObject('Eichhörnchen');
  await edits.setPoints(squirrel, 0, [{ x: 410, y: 260, label: 1 }], null);
  await edits.setPoints(
    squirrel,
    0,
    [
      { x: 410, y: 260, label: 1 },
      { x: 900, y: 100, label: 0 },
    ],
    null,
  );
  const boxed = edits.addObject();
  await edits.setPoints(boxed, 2, [], { x: 700, y: 300, width: 200, height: 260 });
  await track(0, 5);
  const painted = edits.addObject('Painted');
  const [width, height] = [session.media.width, session.media.height];
  await edits.setMask(painted, 1, { size: [height, width], counts: compressCounts([100 * height, 200 * height, (width - 300) * height]) });
  await edits.setPoints(squirrel, 3, [{ x: 430, y: 270, label: 1 }], null);
  edits.updateObjects([boxed], { name: 'In a box', color: '#12ab9f', visible: false });
  edits.updateObjects([painted], { locked: true });
  const removed = edits.addObject('Removed');
  await edits.setPoints(removed, 4, [{ x: 200, y: 600, label: 1 }], null);
  await edits.removeObjects([removed]);
  edits.setMarks({ in: 1, out: 90 });
  edits.addObject('Undone');
  await edits.undo();
  edits.setPosition(3);
  const project = services.projects.of(session.id);
  if (!project) throw new Error('the session has no project');
  const copies = join(work, 'copies');
  mkdirSync(copies);
  const copy = await project.exportTo(copies, null);
  const facts: RecordedFacts = {
    opened: factsOf(session),
    undone: await factsAfter(session, 'undo'),
    redone: await factsAfter(session, 'redo'),
  };
  const file = JSON.parse(readFileSync(join(copy, 'project.json'), 'utf8'));
  file.source.path = `/clips/${basename(clipPath)}`;
  writeFileSync(join(copy, 'project.json'), `${JSON.stringify(file, null, 1)}\n`);
  writeFileSync(join(copy, 'expected.json'), `${JSON.stringify(facts, null, 1)}\n`);
  const target = join(fixturesDir, `project-${projectVersion}`);
  rmSync(target, { recursive: true, force: true });
  renameSync(copy, target);
  console.log(target);
} finally {
  await services.close();
  rmSync(work, { recursive: true, force: true });
}
