/**
 * A host that edits, changes settings and tracks as fast as it can and prints what is acknowledged, until it is killed.
 * In most runs it kills its own engine once before that.
 */
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { makeServices } from '../../src/main/cli/headless.ts';
import { resumeLast } from '../../src/main/services/app/sample.ts';
import { forkEngine } from '../../src/main/services/engine-link/fork-engine.ts';
import { AppError } from '../../src/shared/errors.ts';
import { settingsSerial, type Told } from './kill-host.ts';
import { countsOf, frameCount, side } from './scripted-engine.ts';
import { workDigest } from './work-digest.ts';

const [dataDir, clip, killsEngineAt, undoesAll] = process.argv.slice(2) as [string, string, string, string];
const tell = (line: Told): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const entry = fileURLToPath(new URL('./engine-process.js', import.meta.url));
const services = await makeServices({}, { dataDir, keepsProjects: true, spawnEngine: () => forkEngine({}, entry) });
if ((await resumeLast(services)) === 0) await services.sessions.open(clip);
const session = services.sessions.latest;
const { edits } = session;
const project = services.projects.of(services.sessions.latest.id)!;

/** Everything a client can see of the work, apart from the masks. */
const digest = (): string => workDigest(edits.work, edits.labels);
const acknowledged = (step: string): void => tell({ t: 'edit', step, folder: project.folder, bytes: project.workBytes, digest: digest() });
acknowledged('open');
if (undoesAll === 'true') {
  const before = digest();
  let steps = 0;
  while ((await edits.undo()) !== null) steps++;
  for (let i = 0; i < steps; i++) await edits.redo();
  // What could be redone before can be still.
  tell({ t: 'undone-all', steps, isBack: digest() === before });
  acknowledged('undone-all');
}

const trackedId = 1;
const anId = (): number => edits.list[randomInt(edits.list.length)]!.id;
/** The tracked object stays, so that its masks can be looked for in the end. */
const anotherId = (): number | undefined => edits.list.filter(({ id }) => id !== trackedId).at(-1)?.id;
/** Prompts stay off the frames that are tracked, so that what was tracked stays where it was. */
const promptFrame = (): number => randomInt(frameCount - 100, frameCount);
const steps: Record<string, () => Promise<unknown> | unknown> = {
  add: () => (edits.list.length < 6 ? session.edits.addObject() : null),
  point: () => session.edit(() => session.edits.setPoints(anId(), promptFrame(), [{ x: randomInt(side), y: 3, label: 1 }], null)),
  brush: () =>
    session.edit(() => session.edits.setMask(anId(), promptFrame(), { size: [side, side], counts: countsOf(7, randomInt(1000)) })),
  clear: () => {
    const [prompt] = edits.list.find(({ id }) => id === anotherId())?.prompts ?? [];
    return prompt && session.edit(() => session.edits.clearPrompts(anotherId()!, prompt.frame));
  },
  rename: () => session.edits.updateObject(anId(), { name: `name ${randomInt(1000)}` }),
  recolour: () => session.edits.updateObject(anId(), { color: `#${randomInt(0x100000, 0xffffff).toString(16)}` }),
  hide: () => session.edits.updateObject(anId(), { visible: randomInt(2) === 0 }),
  reorder: () => edits.reorder(edits.list.map(({ id }) => id).reverse()),
  delete: () => (edits.list.length > 3 ? session.edit(() => session.edits.removeObject(anotherId()!)) : null),
  merge: () => {
    const others = edits.list.map(({ id }) => id).filter((id) => id !== trackedId);
    return others.length > 2 ? session.edit(() => edits.merge(others.slice(0, 2), others[0]!)) : null;
  },
  undo: () => session.edit(() => edits.undo()),
  redo: () => session.edit(() => edits.redo()),
  marks: () => edits.setMarks({ in: randomInt(100), out: randomInt(100, frameCount) }),
  position: () => edits.setPosition(randomInt(frameCount)),
  settings: () => {
    const serial = settingsSerial(services.settings.values) + 1;
    services.settings.set('export.folder', `folder-${serial}`);
    services.settings.set('engine.threads', serial % 64);
    tell({ t: 'settings', serial });
  },
};
if (edits.list.length === 0) {
  await session.edits.setPoints(session.edits.addObject('First'), frameCount - 1, [{ x: 1, y: 1, label: 1 }], null);
  acknowledged('first');
}
const tracked = edits.list.find(({ id }) => id === trackedId)!;

// Every frame that a client is told of has to be there after a kill.
const told = new Set<number>();
services.connect({ send: () => {}, sendBinary: () => {} });
const tellFrames = (): void => {
  for (const [a, b] of session.store.ranges(trackedId)) {
    for (let frame = a; frame <= Math.min(b, frameCount - 200); frame++) {
      if (told.has(frame)) continue;
      told.add(frame);
      tell({ t: 'frame', object: trackedId, maskKey: tracked.maskKey, frame });
    }
  }
};
tellFrames();
tell({ t: 'opened', frames: told.size });

/**
 * Between an engine's end and the next one's start nothing can be computed, and while a run is being started another
 * can't be.
 */
const refusals = new Set(['engine-lost', 'busy']);
const refused = (error: unknown): boolean => refusals.has(AppError.from(error).code);

const isReady = (): boolean => services.state.engine.state === 'ready';
const until = async (check: () => boolean): Promise<void> => {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 1));
};

let doneSteps = 0;
for (;;) {
  try {
    if (isReady() && !services.operations.isRunning('track'))
      services.runs.start(services.sessions.latest, { direction: 'forward', from: 0, to: frameCount - 200, objectIds: [trackedId] }, null);
  } catch (error) {
    if (!refused(error)) throw error;
  }
  const name = Object.keys(steps)[randomInt(Object.keys(steps).length)]!;
  try {
    await steps[name]!();
    acknowledged(name);
  } catch (error) {
    if (!refused(error)) throw error;
    tell({ t: 'refused', step: name });
  }
  tellFrames();
  if (++doneSteps === Number(killsEngineAt)) {
    const before = digest();
    process.kill(services.engine.pid!, 'SIGKILL');
    tell({ t: 'engine-killed' });
    await until(() => !isReady());
    await until(isReady);
    tell({ t: 'engine-back', keptWork: digest() === before, notices: services.state.notices.map(({ text }) => text) });
  }
  await new Promise((resolve) => setImmediate(resolve));
}
