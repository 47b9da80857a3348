import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineResult } from '../../engine/api/protocol.ts';
import { ScratchMasks } from './scratch-masks.ts';

const result = (objectId: number, predictedIou: number): EngineResult => ({
  ...{ objectId, counts: '04', box: [0, 0, 1, 1], area: 1, predictedIou, objectLogit: 3, prompted: false },
  overlay: { objectId, width: 2, height: 2, scale: 1, predictedIou, objectLogit: 3, logits: new Int8Array(4) },
});

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sam2-scratch-test-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe('ScratchMasks', () => {
  it('keeps each store in a file of its own, and all of them go at the end', () => {
    const scratch = new ScratchMasks([parent], () => {});
    const [first, second] = [scratch.newStore('a'), scratch.newStore('b')];
    for (let frame = 0; frame < 100; frame++) {
      first.put(frame, result(1, frame / 100));
      second.put(frame, result(1, 1 - frame / 100));
    }
    expect(first.get(1, 30)?.predictedIou).toBeCloseTo(0.3);
    expect(second.get(1, 30)?.predictedIou).toBeCloseTo(0.7);
    const [folder] = readdirSync(parent);
    const files = readdirSync(join(parent, folder!)).map((name) => readFileSync(join(parent, folder!, name)).length);
    expect(files).toHaveLength(2);
    // At least the header of a record each.
    for (const bytes of files) expect(bytes).toBeGreaterThan(100 * 56);
    scratch.release('a');
    expect(readdirSync(join(parent, folder!))).toHaveLength(1);
    expect(() => first.get(1, 30)).toThrow(/closed/);
    expect(second.get(1, 31)?.predictedIou).toBeCloseTo(0.69);
    scratch.close();
    expect(existsSync(parent)).toBe(false);
  });

  it('removes what a killed process left, and nothing of those that run', () => {
    const gone = spawnSync(process.execPath, ['--version']).pid;
    for (const pid of [gone, process.ppid]) {
      mkdirSync(join(parent, `scratch-${pid}-abc`));
      writeFileSync(join(parent, `scratch-${pid}-abc`, 'masks-0.log'), 'x');
    }
    mkdirSync(join(parent, 'scratch-of-somebody-else'));
    const scratch = new ScratchMasks([parent], () => {});
    scratch.newStore('a');
    expect(existsSync(join(parent, `scratch-${gone}-abc`))).toBe(false);
    expect(existsSync(join(parent, `scratch-${process.ppid}-abc`, 'masks-0.log'))).toBe(true);
    expect(existsSync(join(parent, 'scratch-of-somebody-else'))).toBe(true);
    scratch.close();
  });

  it('takes the next place where one can not be written to, and memory where there is none', () => {
    writeFileSync(join(parent, 'file'), '');
    const second = new ScratchMasks([join(parent, 'file', 'data'), join(parent, 'other')], () => {});
    second.newStore('a').put(0, result(1, 0.5));
    expect(readdirSync(join(parent, 'other'))).toHaveLength(1);
    second.close();
    const none = new ScratchMasks([join(parent, 'file', 'data')], () => {});
    const store = none.newStore('a');
    store.put(0, result(1, 0.5));
    expect(store.get(1, 0)?.predictedIou).toBeCloseTo(0.5);
    none.close();
  });
});
