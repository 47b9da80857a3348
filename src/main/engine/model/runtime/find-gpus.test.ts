import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findGpus } from './find-gpus.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sam2-gpus-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (path: string, text = ''): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const card = async (slot: string, vendor: string, kind = '0x030000'): Promise<void> => {
  await put(`sys/bus/pci/devices/${slot}/class`, `${kind}\n`);
  await put(`sys/bus/pci/devices/${slot}/vendor`, `${vendor}\n`);
};

describe('findGpus', () => {
  it('finds cards, and whether their drivers are loaded', async () => {
    await card('0000:00:02.0', '0x8086');
    await put('sys/bus/pci/devices/0000:00:02.0/drm/renderD128');
    await card('0000:01:00.0', '0x10de', '0x030200');
    expect(findGpus('linux', root)).toEqual([
      { vendor: 'Intel', hasDriver: true },
      { vendor: 'NVIDIA', hasDriver: false },
    ]);
    await put('proc/driver/nvidia/version', 'NVRM');
    expect(findGpus('linux', root)[1]).toEqual({ vendor: 'NVIDIA', hasDriver: true });
  });

  it("takes neither other devices nor a virtual machine's display for one", async () => {
    await card('0000:00:1f.3', '0x8086', '0x040300');
    await card('0000:00:01.0', '0x1234');
    expect(findGpus('linux', root)).toEqual([]);
  });

  it('knows an NVIDIA card in a container by its driver', async () => {
    await put('proc/driver/nvidia/version', 'NVRM');
    expect(findGpus('linux', root)).toEqual([{ vendor: 'NVIDIA', hasDriver: true }]);
    expect(findGpus('darwin', root)).toEqual([]);
  });
});
