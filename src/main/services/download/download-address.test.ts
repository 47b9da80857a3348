import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { installedModelsDir, userDataDir } from '../base/app-paths.ts';
import { checkAddress, checkProxy, checkpointAddress, checkRedirect, proxyEnvironment } from './download-address.ts';

const codeOf = (work: () => unknown): string => {
  try {
    return String(work());
  } catch (error) {
    return error instanceof AppError ? error.code : `untyped ${error}`;
  }
};

describe('addresses of downloads', () => {
  it.each([
    ['https://dl.example/x.pt', 'https://dl.example/x.pt'],
    ['http://127.0.0.1:8000/x.pt', 'http://127.0.0.1:8000/x.pt'],
    ['http://[::1]:8000/x.pt', 'http://[::1]:8000/x.pt'],
    ['http://dl.example/x.pt', 'not-allowed'],
    ['http://127.0.0.1.dl.example/x.pt', 'not-allowed'],
    ['http://localhost.dl.example/x.pt', 'not-allowed'],
    ['file:///etc/passwd', 'not-allowed'],
    ['https://name:word@dl.example/x.pt', 'not-allowed'],
    ['x.pt', 'not-allowed'],
  ])('%s: %s', (address, outcome) => {
    expect(codeOf(() => checkAddress(address))).toBe(outcome);
  });

  it.each([
    ['https://a.example/x', 'https://b.example/y', 'https://b.example/y'],
    ['https://a.example/x', '/y', 'https://a.example/y'],
    ['https://a.example/x', 'http://a.example/x', 'not-allowed'],
    ['https://a.example/x', 'https://127.0.0.1/x', 'not-allowed'],
    ['https://a.example/x', 'http://127.0.0.1/x', 'not-allowed'],
    ['http://127.0.0.1/x', 'http://127.0.0.1:9/y', 'http://127.0.0.1:9/y'],
    ['http://127.0.0.1/x', 'http://a.example/', 'not-allowed'],
  ])('a redirect from %s to %s: %s', (from, to, outcome) => {
    expect(codeOf(() => checkRedirect(new URL(from), to))).toBe(outcome);
  });

  it('a mirror takes the place of the official address', () => {
    const weights = { file: 'a b.pt', url: 'https://official.example/a.pt' };
    expect(checkpointAddress(weights, {})).toBe(weights.url);
    expect(checkpointAddress(weights, { SAM2_VIDEO_MODELS_URL: 'https://mirror.example/models/' })).toBe(
      'https://mirror.example/models/a%20b.pt',
    );
    expect(codeOf(() => checkpointAddress(weights, { SAM2_VIDEO_MODELS_URL: 'http://mirror.example' }))).toBe('not-allowed');
    expect(checkpointAddress({ file: 'a.pt', url: null }, {})).toBeNull();
  });
});

describe('proxies', () => {
  it('the own setting comes before the environment, whose exceptions stay', () => {
    const env = { HTTPS_PROXY: 'http://env:1', no_proxy: 'intranet', OTHER: 'x' };
    expect(proxyEnvironment(null, env)).toEqual({ HTTPS_PROXY: 'http://env:1', no_proxy: 'intranet' });
    expect(proxyEnvironment('http://own:2', env)).toEqual({
      HTTP_PROXY: 'http://own:2',
      HTTPS_PROXY: 'http://own:2',
      NO_PROXY: 'intranet',
    });
  });

  it.each([
    [' http://proxy:3128 ', 'http://proxy:3128'],
    ['http://name:word@proxy:3128', 'http://name:word@proxy:3128'],
    ['', 'null'],
    [null, 'null'],
    ['socks5://proxy:1', 'bad-request'],
    ['proxy:3128', 'bad-request'],
  ])('%j: %s', (text, outcome) => {
    expect(codeOf(() => checkProxy(text))).toBe(outcome);
  });
});

describe('the folder for what the app keeps', () => {
  it.each([
    [{}, 'linux', '/home/a/.local/share/sam2-video'],
    [{ XDG_DATA_HOME: '/data' }, 'linux', '/data/sam2-video'],
    [{}, 'darwin', '/home/a/Library/Application Support/sam2-video'],
    [{ SAM2_VIDEO_DATA: '/elsewhere' }, 'darwin', '/elsewhere'],
  ] as const)('%j on %s', (env, platform, folder) => {
    expect(userDataDir(env, platform, '/home/a')).toBe(folder);
    expect(installedModelsDir(userDataDir(env, platform, '/home/a'))).toBe(`${folder}/models`);
  });
});
