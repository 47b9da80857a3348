/** Names of ONNX Runtime's execution providers and of the precisions a model runs in. */

export const providerNames = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type Provider = (typeof providerNames)[number];

/** On the CPU: `fast` takes graphs in int8 where the model brings them, `full` those in fp32. */
export const precisionNames = ['fast', 'full'] as const;
export type Precision = (typeof precisionNames)[number];

/** A graphics card of this machine. */
export interface Gpu {
  vendor: 'NVIDIA' | 'AMD' | 'Intel' | 'another vendor';
  /** Whether its driver is loaded. */
  hasDriver: boolean;
}

/** What this machine and this installation offer. */
export interface ProviderReport {
  /** Best first. `why`: what an absent one lacks; null for one that is worth trying. */
  providers: { name: Provider; why: string | null }[];
  /** Empty where the system does not say. */
  gpus: Gpu[];
  hasCudaLibraries: boolean;
}
