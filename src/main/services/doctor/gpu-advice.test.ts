import { describe, expect, it } from 'vitest';
import type { ProviderReport } from '../../engine/api/providers.ts';
import { gpuAdvice } from './gpu-advice.ts';

const machine = (more: Partial<ProviderReport>): ProviderReport => ({
  providers: [{ name: 'cpu', why: null }],
  gpus: [],
  hasCudaLibraries: false,
  ...more,
});
const onCpu = (providerReason = 'the best this machine offers', asked = 'auto') => ({ provider: 'cpu', providerReason, asked });
const nvidia = { vendor: 'NVIDIA', hasDriver: true } as const;

describe('gpuAdvice', () => {
  it('is silent where a GPU is used, and where there is none', () => {
    expect(gpuAdvice({ ...onCpu(), provider: 'cuda' }, machine({ gpus: [nvidia] }), 'linux')).toBeNull();
    expect(gpuAdvice(onCpu(), machine({}), 'linux')).toBeNull();
    expect(gpuAdvice(onCpu(), machine({}), 'win32')).toBeNull();
    expect(gpuAdvice(onCpu('', 'cpu'), machine({}), 'linux')).toBeNull();
  });

  it.each([
    ['no driver', machine({ gpus: [{ ...nvidia, hasDriver: false }] }), '', /driver is not loaded: install the driver/],
    ['no libraries', machine({ gpus: [nvidia] }), '', /CUDA libraries .* are missing: run "node scripts\/postinstall\.mjs"/],
    [
      'CUDA that does not load',
      machine({ gpus: [nvidia], hasCudaLibraries: true }),
      'cuda is not usable: libcudnn.so.9 is missing; webgpu is not usable: no adapter',
      /\(libcudnn\.so\.9 is missing\): install CUDA 12 and cuDNN 9/,
    ],
    ['no render node', machine({ gpus: [{ vendor: 'AMD', hasDriver: false }] }), '', /AMD GPU .*\/dev\/dri/],
    ['no Vulkan', machine({ gpus: [{ vendor: 'Intel', hasDriver: true }] }), 'webgpu is not usable: no adapter', /mesa-vulkan-drivers/],
  ])('says why and what to do: %s', (_, report, reason, said) => {
    const advice = gpuAdvice(onCpu(reason), report, 'linux');
    expect(advice).toMatch(said);
    expect(advice).toMatch(/^[A-Z][^.]*(\.[^ ][^.]*)*\.$/);
  });

  it('names DirectML on Windows, CoreML on macOS, and the setting that keeps a GPU idle', () => {
    expect(gpuAdvice(onCpu('dml is not usable: no device'), machine({}), 'win32')).toMatch(/DirectML .*\(no device\): update Windows/);
    expect(gpuAdvice(onCpu('coreml is not usable: refused'), machine({}), 'darwin')).toMatch(/CoreML .*\(refused\): update macOS/);
    expect(gpuAdvice(onCpu('', 'cpu'), machine({ gpus: [nvidia] }), 'linux')).toMatch(
      /because the CPU is chosen: set Settings, Engine, Compute device to "Automatic"/,
    );
  });
});
