/** What comes from others (messages, projects, pictures) is refused with a reason or used; it never ends the host. */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerRequest } from '../../src/main/services/app/answer-request.ts';
import { Project, workName } from '../../src/main/services/project/project.ts';
import { decodeMaskRecord, encodeMaskRecord, storedFrom, unpackLogits } from '../../src/main/services/results/mask-record.ts';
import { newWork } from '../../src/main/services/session/kept-work.ts';
import { contract, type HostMessage } from '../../src/shared/contract.ts';
import { AppError, errorCodes } from '../../src/shared/errors.ts';
import { decodeFrameMessage, encodeFrameMessage } from '../../src/shared/wire.ts';
import { countsOf } from '../kills/scripted-engine.ts';

const isKnown = (error: unknown): boolean => error instanceof AppError && errorCodes.includes(error.code) && error.code !== 'internal';

describe('messages of a client', () => {
  /** Answers everything with what it was asked, so that only what passes the schemas arrives. */
  const arrived = vi.fn((input: unknown) => input);
  const handlers = Object.fromEntries(Object.keys(contract).map((method) => [method, arrived])) as never;
  const ask = async (data: unknown): Promise<HostMessage[]> => {
    const sent: HostMessage[] = [];
    await answerRequest(handlers, data, { send: (message) => sent.push(message), sendBinary: () => {} });
    return sent;
  };

  it('of any shape are passed over or answered once', () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (data) => {
        expect((await ask(data)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    ));

  it('that name a method are taken as its schema says, or refused as a bad request', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(contract)), fc.jsonValue({ maxDepth: 4 }), async (m, a) => {
        const [answer] = await ask({ t: 'req', id: 1, m, a });
        const isValid = contract[m as keyof typeof contract].input.safeParse(a).success;
        expect(answer).toMatchObject(isValid ? { t: 'res', id: 1 } : { t: 'err', id: 1, e: { code: 'bad-request' } });
      }),
      { numRuns: 1500 },
    ));

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', ''])('"%s" is no method', async (m) => {
    arrived.mockClear();
    expect(await ask({ t: 'req', id: 1, m, a: {} })).toMatchObject([{ t: 'err', e: { code: 'bad-request' } }]);
    expect(arrived).not.toHaveBeenCalled();
  });
});

describe('projects of others', () => {
  let base = '';
  let whole = '';
  const files = ['project.json', workName, 'masks-0.log', 'masks-0.idx'];
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'sam2-untrusted-'));
    const clip = join(base, 'clip.mp4');
    writeFileSync(clip, 'a clip');
    const project = await Project.create(join(base, 'projects'), clip, { frameCount: 50, width: 128, height: 128 }, '1', () => {});
    const object = { id: 1, name: 'One', color: '#ff0000', visible: true, solo: false, locked: false, maskKey: 1, prompts: [] };
    project.save({ ...newWork, objects: [object], nextId: 2 });
    for (let frame = 0; frame < 20; frame++)
      project.store.put(frame, {
        objectId: 1,
        counts: countsOf(1, frame),
        box: null,
        area: 1,
        predictedIou: 0.5,
        objectLogit: 1,
        prompted: false,
        overlay: { objectId: 1, width: 8, height: 8, scale: 1, predictedIou: 0.5, objectLogit: 1, logits: new Int8Array(64).fill(frame) },
      });
    project.close();
    whole = project.folder;
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  let serial = 0;
  /** Opens a copy that was changed, and reads all there is in it. */
  const use = async (change: (folder: string) => void): Promise<unknown> => {
    const folder = join(base, `copy-${serial++}`);
    cpSync(whole, folder, { recursive: true });
    change(folder);
    try {
      const project = Project.open(folder, () => {});
      try {
        await project.findClip();
        for (const { id } of project.kept.objects)
          for (const frame of project.store.frames(id)) {
            const stored = project.store.get(id, frame);
            if (stored) unpackLogits(stored.overlay);
          }
      } finally {
        project.close();
      }
      return null;
    } catch (error) {
      return error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const refusedOrUsed = (error: unknown): void => {
    if (error !== null) expect(isKnown(error), String(error)).toBe(true);
  };

  it('with any project.json', () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (json) => {
        const error = await use((folder) => writeFileSync(join(folder, 'project.json'), JSON.stringify(json)));
        expect(isKnown(error), String(error)).toBe(true);
      }),
      { numRuns: 60, examples: [[null], [[]], [7], ['x'], [{ version: 1 }]] },
    ));

  it('with one field of project.json changed', () => {
    const good = JSON.parse(readFileSync(join(whole, 'project.json'), 'utf8')) as Record<string, unknown> & {
      source: Record<string, unknown>;
    };
    return fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(good), ...Object.keys(good.source)),
        fc.jsonValue({ maxDepth: 1 }),
        async (key, value) => {
          const changed = key in good ? { ...good, [key]: value } : { ...good, source: { ...good.source, [key]: value } };
          refusedOrUsed(await use((folder) => writeFileSync(join(folder, 'project.json'), JSON.stringify(changed))));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('with bytes changed anywhere', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(1e6), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (file, changes) => {
          refusedOrUsed(
            await use((folder) => {
              const data = readFileSync(join(folder, file));
              for (const [at, byte] of changes) if (data.length > 0) data[at % data.length] = byte;
              writeFileSync(join(folder, file), data);
            }),
          );
        },
      ),
      { numRuns: 150 },
    ));

  it('with rubbish at the end', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...files.slice(1)), fc.uint8Array({ minLength: 1, maxLength: 200 }), async (file, bytes) => {
        expect(await use((folder) => appendFileSync(join(folder, file), bytes))).toBeNull();
      }),
      { numRuns: 60 },
    ));

  it('with a mask that unpacks to far more than it says', () => {
    const stored = storedFrom({
      objectId: 1,
      counts: '1',
      box: null,
      area: 1,
      predictedIou: 1,
      objectLogit: 1,
      prompted: false,
      overlay: { objectId: 1, width: 8, height: 8, scale: 1, predictedIou: 1, objectLogit: 1, logits: new Int8Array(64) },
    });
    const bomb = { ...stored, overlay: { ...stored.overlay, packed: deflateRawSync(Buffer.alloc(2 ** 26)) } };
    const { overlay } = decodeMaskRecord(encodeMaskRecord(bomb));
    // Refused while it unpacks, not when it has.
    expect(() => unpackLogits(overlay)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('damaged'),
        cause: expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }),
      }),
    );
  });
});

const good = (): ArrayBuffer =>
  encodeFrameMessage({
    sessionId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    requestId: 1,
    frame: 2,
    timeMs: 3,
    width: 4,
    height: 4,
    colorSpace: 'bt709',
    fullRange: false,
    planes: new Uint8Array(24),
    overlays: [{ objectId: 1, width: 4, height: 4, scale: 1, predictedIou: 1, objectLogit: 1, logits: new Int8Array(16) }],
  });

it('pictures with any header are decoded within their bytes, or refused', () => {
  const { byteLength } = good();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(byteLength - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(byteLength), (changes, length) => {
      const data = new Uint8Array(good().slice(0, length));
      for (const [at, byte] of changes) if (at < data.length) data[at] = byte;
      try {
        const message = decodeFrameMessage(data.buffer);
        expect(message.planes.byteLength).toBeLessThanOrEqual(data.byteLength);
      } catch (error) {
        expect(isKnown(error), String(error)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['another mark', (view: DataView) => view.setUint32(0, 7, true)],
  ['another version', (view: DataView) => view.setUint16(4, 1, true)],
  ['planes of another size', (view: DataView) => view.setUint32(32, 23, true)],
  [
    'planes that are not there',
    (view: DataView) => {
      view.setUint16(24, 400, true);
      view.setUint16(26, 400, true);
      view.setUint32(32, 240_000, true);
      view.setUint32(36, 0, true);
    },
  ],
  ['more overlays than there are', (view: DataView) => view.setUint32(36, 2, true)],
  ['an overlay of another size', (view: DataView) => view.setUint16(56 + 24 + 4, 5, true)],
])('a picture with %s is refused', (_what, change) => {
  const data = good();
  expect(decodeFrameMessage(data).overlays).toHaveLength(1);
  change(new DataView(data));
  expect(() => decodeFrameMessage(data)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});
