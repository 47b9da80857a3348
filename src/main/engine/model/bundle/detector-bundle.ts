/** Opens a detector's bundle, with the checks that every bundle gets (bundle.ts). */
import { dirname, resolve } from 'node:path';
import { type DetectorManifest, detectorManifestSchema } from '../../../../shared/detector-manifest.ts';
import { checkGraph, readManifestAs } from './bundle.ts';

export interface DetectorBundle {
  readonly manifest: DetectorManifest;
  /** Absolute path of the graph. */
  readonly graphFile: string;
}

/** @throws AppError `model-missing`, `model-corrupt`, `model-tampered`, `cancelled` */
export const openDetectorBundle = async (dir: string, signal?: AbortSignal): Promise<DetectorBundle> => {
  const bundleDir = resolve(dir);
  const manifest = await readManifestAs(bundleDir, detectorManifestSchema);
  return { manifest, graphFile: await checkGraph(bundleDir, manifest.graphs.detector, dirname(bundleDir), signal) };
};
