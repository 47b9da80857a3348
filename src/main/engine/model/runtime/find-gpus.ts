/**
 * Graphics cards as Linux lists them. Other systems bring their own providers (DirectML, CoreML), and the app need not
 * know the card.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gpu } from '../../api/providers.ts';

const vendors: Readonly<Record<string, Gpu['vendor']>> = { '0x10de': 'NVIDIA', '0x1002': 'AMD', '0x8086': 'Intel' };

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

const list = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

/** @param root stands in for the root of the file system */
export const findGpus = (platform: NodeJS.Platform = process.platform, root = '/'): Gpu[] => {
  if (platform !== 'linux') return [];
  const devices = join(root, 'sys/bus/pci/devices');
  const isNvidiaLoaded = existsSync(join(root, 'proc/driver/nvidia/version'));
  const found: Gpu[] = [];
  for (const name of list(devices)) {
    // 0x03....: display controllers.
    if (!read(join(devices, name, 'class')).startsWith('0x03')) continue;
    const id = read(join(devices, name, 'vendor'));
    // The emulated cards of virtual machines compute nothing.
    if (!Object.hasOwn(vendors, id)) continue;
    const vendor = vendors[id]!;
    const hasNode = list(join(devices, name, 'drm')).some((node) => node.startsWith('renderD'));
    found.push({ vendor, hasDriver: vendor === 'NVIDIA' ? isNvidiaLoaded : hasNode });
  }
  // In a container the driver is there and the buses may not be.
  if (isNvidiaLoaded && !found.some(({ vendor }) => vendor === 'NVIDIA')) found.push({ vendor: 'NVIDIA', hasDriver: true });
  return found;
};
