import { type OnnxInitializer, rebindExternalData } from '../onnx-external.ts';

/** The initializers of a model's main graph. @throws AppError `model-corrupt` */
export const listInitializers = (model: Uint8Array): OnnxInitializer[] => {
  const found: OnnxInitializer[] = [];
  rebindExternalData(model, (initializer) => {
    found.push(initializer);
    return null;
  });
  return found;
};
