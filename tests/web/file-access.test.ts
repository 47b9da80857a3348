/** A client of the web host reaches files in the given folders and no others, however it asks. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pathPolicy } from '../../src/main/cli/serve-command.ts';
import { AppError } from '../../src/shared/errors.ts';
import { type ScriptedHost, startScriptedHost } from './scripted-host.ts';
import { TestWindow } from './test-window.ts';

let base = '';
let given = '';
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'sam2-access-')));
  given = join(base, 'given');
  await mkdir(join(given, 'inner'), { recursive: true });
  await mkdir(join(base, 'given-not'));
  await mkdir(join(base, 'outside'));
  for (const path of ['given/clip.mp4', 'given-not/clip.mp4', 'outside/clip.mp4']) await writeFile(join(base, path), '');
  await symlink(join(base, 'outside'), join(given, 'link'));
  await symlink(join(base, 'outside/clip.mp4'), join(given, 'link.mp4'));
  await symlink(join(given, 'clip.mp4'), join(given, 'own-link.mp4'));
  await symlink(given, join(base, 'door'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

const verdict = async (folders: string[], path: string): Promise<string> =>
  pathPolicy(folders)(path).then(
    () => 'allowed',
    (error: unknown) => AppError.from(error).code,
  );

describe.skipIf(process.platform === 'win32')('the policy', () => {
  it.each([
    ['given/clip.mp4', 'allowed'],
    ['given', 'allowed'],
    ['given/own-link.mp4', 'allowed'],
    ['given/not-there-yet/export', 'allowed'],
    ['given/inner/../clip.mp4', 'allowed'],
    ['door/clip.mp4', 'allowed'],
    ['given-not/clip.mp4', 'not-allowed'],
    ['given/../outside/clip.mp4', 'not-allowed'],
    ['given/link/clip.mp4', 'not-allowed'],
    ['given/link/not-there-yet', 'not-allowed'],
    ['given/link.mp4', 'not-allowed'],
    ['outside/clip.mp4', 'not-allowed'],
    ['', 'not-allowed'],
  ])('%s: %s', async (path, expected) => expect(await verdict([given], join(base, path))).toBe(expected));

  it.each(['/', '/etc/passwd', 'clip.mp4', '~/clip.mp4', ''])('"%s" is outside', async (path) =>
    expect(await verdict([given], path)).toBe('not-allowed'),
  );

  it('takes a folder that is itself a link', async () =>
    expect(await verdict([join(base, 'door')], join(given, 'clip.mp4'))).toBe('allowed'));
});

describe('every method that takes a path', () => {
  let app: ScriptedHost;
  let window: TestWindow;
  beforeAll(async () => {
    app = await startScriptedHost((folder) => ({ checkPath: pathPolicy([folder]), keepsProjects: true }));
    window = await TestWindow.open(app.host.port);
    await window.call('session.open', { path: app.clip });
    await window.call('object.add');
    await window.call('prompt.set', { objectId: 1, frame: 0, points: [{ x: 5, y: 5, label: 1 }], box: null });
  });
  afterAll(() => app.close());

  const outside = '/outside-of-the-given-folders/clip.mp4';
  const noStream = '00000000-0000-4000-8000-000000000000';
  it.each([
    ['session.open', { path: outside }],
    ['session.open', { path: '/etc/passwd' }],
    ['project.open', { path: outside }],
    ['project.relink', { project: outside, path: outside }],
    ['project.export', { directory: outside, withClip: true }],
    ['export.start', { video: false, masks: true, json: true, directory: outside }],
    ['export.estimate', { video: false, masks: true, json: true, directory: outside }],
    ['settings.set', { key: 'export.folder', value: outside }],
    ['model.import', { id: null, path: outside }],
    ['files.list', { folder: outside }],
    ['files.thumbnail', { path: outside }],
    ...(process.platform === 'linux' ? [['live.start', { source: { kind: 'camera', deviceId: outside } }]] : []),
    ['live.start', { source: { kind: 'network', url: `file://${outside}` } }],
    ['stream.add', { config: { name: 'a', source: { kind: 'file', path: outside, repeats: true } } }],
    ['stream.add', { config: { name: 'a', source: { kind: 'network', url: `file://${outside}` } } }],
    ...(process.platform === 'linux' ? [['stream.add', { config: { name: 'a', source: { kind: 'camera', deviceId: outside } } }]] : []),
    ['stream.edit', { streamId: noStream, config: { name: 'a', source: { kind: 'file', path: outside, repeats: true } } }],
  ] as [string, object][])('%s refuses %j', async (method, input) => {
    expect(await window.call(method, input)).toMatchObject({ t: 'err', e: { code: 'not-allowed' } });
    expect(existsSync(outside)).toBe(false);
  });

  it('and there is no other one', async () => {
    const { contract } = await import('../../src/shared/contract.ts');
    /** Names of fields, those of what lies within as well. */
    const fieldsOf = (schema: unknown): string[] => {
      if (typeof schema !== 'object' || schema === null) return [];
      const { properties = {}, anyOf = [], oneOf = [], allOf = [] } = schema as Record<string, never[]>;
      return [
        ...Object.entries(properties).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]),
        ...[...anyOf, ...oneOf, ...allOf].flatMap(fieldsOf),
      ];
    };
    const withPath = Object.entries(contract)
      .filter(([, { input }]) =>
        fieldsOf(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })).some((key) =>
          /^(project|file|url|value|parent)$|path|directory|folder|device/i.test(key),
        ),
      )
      .map(([name]) => name);
    // Those of a project that is known already name it as the state does, and can neither read nor make another file.
    expect(withPath.filter((name) => !['project.forget', 'project.thumbnail', 'app.diagnostics'].includes(name)).sort()).toEqual(
      [
        'files.list',
        'files.thumbnail',
        ...['export.estimate', 'export.start', 'live.start', 'model.import', 'project.export', 'project.open', 'project.relink'].sort(),
        ...['session.open', 'settings.set', 'stream.add', 'stream.edit'],
      ].sort(),
    );
  });
});
