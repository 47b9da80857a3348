/** Why a GPU that is there is not used, and what its user can do about it, in one sentence. */
import type { ProviderReport } from '../../engine/api/providers.ts';

export interface UsedProvider {
  provider: string;
  /** What was tried before it and failed, as the engine tells it. */
  providerReason: string;
  /** What the user asked for: "auto", or one provider by name. */
  asked: string;
}

/** The words of a failed attempt; null when the provider was not tried. */
const failureOf = (name: string, reason: string): string | null =>
  new RegExp(`(?:^|; )${name} is not usable: ([^;]+)`).exec(reason)?.[1]?.trim() ?? null;

const onLinux = (used: UsedProvider, { gpus, hasCudaLibraries }: ProviderReport): string | null => {
  const nvidia = gpus.find(({ vendor }) => vendor === 'NVIDIA');
  if (nvidia !== undefined && !nvidia.hasDriver)
    return 'The NVIDIA GPU is not used because its driver is not loaded: install the driver (Debian and Ubuntu: nvidia-driver), restart, and install the app again.';
  if (nvidia !== undefined && !hasCudaLibraries)
    return 'The NVIDIA GPU is not used because the CUDA libraries of ONNX Runtime are missing: run "node scripts/postinstall.mjs" where the network can be reached, and start the app again.';
  const cuda = failureOf('cuda', used.providerReason);
  if (nvidia !== undefined && cuda !== null)
    return `The NVIDIA GPU is not used because CUDA could not be loaded (${cuda}): install CUDA 12 and cuDNN 9, and start the app again.`;
  const other = gpus.find(({ vendor }) => vendor !== 'NVIDIA');
  if (other === undefined) return null;
  if (!other.hasDriver)
    return `The ${other.vendor} GPU is not used because this user can't reach it: load its driver, and let the user open /dev/dri/renderD*.`;
  const webgpu = failureOf('webgpu', used.providerReason);
  if (webgpu === null) return null;
  return `The ${other.vendor} GPU is not used because WebGPU could not be started (${webgpu}): install its Vulkan driver (Debian and Ubuntu: mesa-vulkan-drivers), and start the app again.`;
};

/** @returns null where a GPU is used, or none is known of */
export const gpuAdvice = (used: UsedProvider, machine: ProviderReport, platform: NodeJS.Platform = process.platform): string | null => {
  if (used.provider !== 'cpu') return null;
  const hasGpu =
    machine.gpus.length > 0 || machine.providers.some(({ name, why }) => (name === 'dml' || name === 'coreml') && why === null);
  if (used.asked === 'cpu')
    return hasGpu ? 'A GPU is not used because the CPU is chosen: set Settings, Engine, Compute device to "Automatic".' : null;
  if (platform === 'linux') return onLinux(used, machine);
  const own = platform === 'win32' ? 'dml' : 'coreml';
  const failure = failureOf(own, used.providerReason);
  if (failure === null) return null;
  return platform === 'win32'
    ? `The GPU is not used because DirectML could not be started (${failure}): update Windows and the driver of the graphics card, and start the app again.`
    : `The GPU is not used because CoreML could not be started (${failure}): update macOS, and start the app again.`;
};
