import { expect, it } from 'vitest';
import { permissionSteps } from './permission-steps.ts';

const agents = {
  windows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36',
  mac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36',
  linux: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
};

it('a browser is asked first, then the system', () => {
  expect(permissionSteps(agents.windows, false)).toEqual([
    expect.stringContaining('beside the address'),
    expect.stringContaining('Windows'),
  ]);
  expect(permissionSteps(agents.mac, false)[1]).toMatch(/macOS.* your browser\./);
  expect(permissionSteps(agents.linux, false)[1]).toContain('/dev/video0');
});

it('the desktop app has no address to click beside', () => {
  expect(permissionSteps(agents.mac, true)).toEqual([expect.stringMatching(/macOS.* SAM2 Video\./)]);
  expect(permissionSteps(agents.windows, true)).toHaveLength(1);
  expect(permissionSteps('something else', true)).toEqual([]);
});
