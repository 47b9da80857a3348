/** A host that edits and tracks as fast as it can and prints what is acknowledged, until it is killed. */
import { createHash, randomInt } from 'node:crypto';
import { makeServices } from '../../src/main/cli/headless.ts';
import { resumeLast } from '../../src/main/services/sample.ts';
import { frameCount, scriptedEngine } from './scripted-engine.ts';

const [dataDir, clip] = process.argv.slice(2) as [string, string];
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const services = await makeServices({}, { dataDir, keepsProjects: true, spawnEngine: scriptedEngine });
if (!(await resumeLast(services))) await services.openSession(clip);
const { session } = services;
const { edits } = session;
const project = services.projects.current!;

const acknowledged = (): void => {
  const { objects } = edits.work;
  const digest = createHash('sha256').update(JSON.stringify(objects)).digest('hex');
  tell({ t: 'edit', folder: project.folder, bytes: project.workBytes, digest });
};
acknowledged();

const anId = (): number => edits.list[randomInt(edits.list.length)]!.id;
/** Prompts stay off the frames that are tracked, so that what was tracked stays where it was. */
const promptFrame = (): number => randomInt(frameCount - 100, frameCount);
const steps: (() => Promise<unknown> | unknown)[] = [
  () => (edits.list.length < 6 ? session.addObject() : null),
  () => services.edit(() => session.setPoints(anId(), promptFrame(), [{ x: randomInt(64), y: 3, label: 1 }], null)),
  () => services.edit(() => session.setMask(anId(), promptFrame(), { size: [64, 64], counts: 'PPP' })),
  () => session.updateObject(anId(), { name: `name ${randomInt(1000)}` }),
  () => session.updateObject(anId(), { visible: randomInt(2) === 0 }),
  () => edits.reorder(edits.list.map(({ id }) => id).reverse()),
  () => services.edit(() => edits.undo()),
  () => services.edit(() => edits.redo()),
  () => edits.setPosition(randomInt(frameCount)),
];
if (edits.list.length === 0) {
  await session.setPoints(session.addObject('First'), frameCount - 1, [{ x: 1, y: 1, label: 1 }], null);
  acknowledged();
}

// Every frame that a client is told of has to be there after a kill.
const told = new Set<number>();
const link = { send: () => {}, sendBinary: () => {} };
services.connect(link);
const first = edits.list[0]!;
const track = (): void => {
  services.startTrack({ direction: 'forward', from: 0, to: frameCount - 200, objectIds: [first.id] }, null);
};
track();
for (;;) {
  await steps[randomInt(steps.length)]!();
  acknowledged();
  for (const [a, b] of session.store.ranges(first.id)) {
    for (let frame = a; frame <= Math.min(b, frameCount - 200); frame++) {
      if (told.has(frame)) continue;
      told.add(frame);
      tell({ t: 'frame', object: first.id, track: first.track, frame });
    }
  }
  if (!services.operations.isRunning('track')) track();
  await new Promise((resolve) => setImmediate(resolve));
}
