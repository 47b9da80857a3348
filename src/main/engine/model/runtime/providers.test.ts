import { describe, expect, it } from 'vitest';
import { chooseProviders, type ProviderProbe } from './providers.ts';

const probe = (names: string[], found: Partial<ProviderProbe> = {}): ProviderProbe => ({
  backends: names.map((name) => ({ name, bundled: name !== 'cuda' })),
  hasCudaLibraries: () => false,
  hasGraphicsDevice: () => true,
  ...found,
});

describe('the providers to try', () => {
  it('takes what the installation has, best first, the CPU last', () => {
    expect(chooseProviders('auto', 2, 'full', probe(['cpu', 'webgpu', 'dml'])).order).toEqual(['dml', 'webgpu', 'cpu']);
    expect(chooseProviders('auto', 2, 'full', probe(['cpu', 'coreml', 'webgpu'])).order).toEqual(['coreml', 'webgpu', 'cpu']);
  });

  it('asks for CUDA only where its libraries were fetched', () => {
    expect(chooseProviders('auto', 2, 'full', probe(['cpu', 'cuda'])).order).toEqual(['cpu']);
    expect(chooseProviders('auto', 2, 'full', probe(['cpu', 'cuda'], { hasCudaLibraries: () => true })).order).toEqual(['cuda', 'cpu']);
  });

  it('leaves WebGPU out where there is no graphics device', () => {
    expect(chooseProviders('auto', 2, 'full', probe(['cpu', 'webgpu'], { hasGraphicsDevice: () => false })).order).toEqual(['cpu']);
  });

  it('tries a forced provider first and falls back to the CPU', () => {
    expect(chooseProviders('cuda', 2, 'full', probe(['cpu'])).order).toEqual(['cuda', 'cpu']);
    expect(chooseProviders('cpu', 2, 'full', probe(['cpu'])).order).toEqual(['cpu']);
  });

  it('uses at most eight threads unless told', () => {
    expect(chooseProviders('cpu').threads).toBeLessThanOrEqual(8);
    expect(chooseProviders('cpu', 3).threads).toBe(3);
  });

  it('computes in full unless less is asked for', () => {
    expect(chooseProviders('cpu').precision).toBe('full');
    expect(chooseProviders('cpu', 1, 'fast').precision).toBe('fast');
  });
});
