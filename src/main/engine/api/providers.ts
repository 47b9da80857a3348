/** Names of ONNX Runtime's execution providers and of the precisions a model runs in. */

export const providerNames = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type Provider = (typeof providerNames)[number];

/** On the CPU: `fast` takes graphs in int8 where the model brings them, `full` those in fp32. */
export const precisionNames = ['fast', 'full'] as const;
export type Precision = (typeof precisionNames)[number];
