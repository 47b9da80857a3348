/** Which build this is, and what a release refuses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export type Flavour = 'development' | 'test' | 'release';

const packageSchema = z.object({ flavour: z.literal('test').optional() });

/** @param appPath the folder or archive with package.json, which the archive's integrity covers in a packaged app */
export const flavourOf = (isPackaged: boolean, appPath: string): Flavour => {
  if (!isPackaged) return 'development';
  return packageSchema.parse(JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8'))).flavour ?? 'release';
};

/** Chromium's switches that would hand the window to another program; Node's own are a fuse. */
const debugSwitches = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-io-pipes', 'load-extension'] as const;

export const isDebugged = (flavour: Flavour, hasSwitch: (name: string) => boolean): boolean =>
  flavour === 'release' && debugSwitches.some(hasSwitch);
