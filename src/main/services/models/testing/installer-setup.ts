/** What the tests of installed models share. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { TempFolder } from '../../../common/testing/temp-folder.ts';
import { openBundle } from '../../../engine/model/bundle/bundle.ts';
import { sha256, writeSampleBundle } from '../../../engine/model/checkpoint/testing/sample-bundle.ts';
import { bundleFor } from '../../../engine/model/installed/installed-bundle.ts';
import type { InstallProgress } from '../install-run.ts';
import { type InstallOutcome, ModelInstaller, type ModelInstallerOptions } from '../model-installer.ts';
import { CheckpointServer, type Reply } from './checkpoint-server.ts';
import { FakeClock } from './fake-clock.ts';
import { sampleWeights, writeSampleModel } from './sample-model.ts';

export const weights = sampleWeights();
export const boundFiles = [
  'image_encoder.onnx',
  'mask_decoder.onnx',
  'mask_prompt.onnx',
  'memory_attention.onnx',
  'memory_encoder.onnx',
  'sample.pt',
];

/** An app with a weight-less model "sample" and a whole one "whole", and a server for the former's checkpoint. */
export class InstallerSetup implements AsyncDisposable {
  readonly progress: InstallProgress[] = [];
  readonly installer: ModelInstaller;
  readonly #folder: TempFolder;
  readonly server: CheckpointServer;
  readonly #options: ModelInstallerOptions;

  private constructor(folder: TempFolder, server: CheckpointServer) {
    this.#folder = folder;
    this.server = server;
    this.#options = {
      modelsDir: join(folder.path, 'app'),
      installedDir: join(folder.path, 'data', 'models'),
      appVersion: '1',
      clock: new FakeClock(),
      env: { SAM2_VIDEO_MODELS_URL: `${server.url}/mirror/` },
    };
    this.installer = new ModelInstaller(this.#options);
  }

  static async with(published: Parameters<typeof writeSampleModel>[2], ...replies: Reply[]): Promise<InstallerSetup> {
    const setup = new InstallerSetup(await TempFolder.create(), await CheckpointServer.start(weights, ...replies));
    await writeSampleModel(setup.installer.modelsDir, 'sample', published);
    await writeSampleBundle(join(setup.installer.modelsDir, 'whole', 'bundle'));
    return setup;
  }

  other(change: Partial<ModelInstallerOptions>): ModelInstaller {
    return new ModelInstaller({ ...this.#options, ...change });
  }

  run(signal = new AbortController().signal) {
    return { signal, onProgress: (progress: InstallProgress) => void this.progress.push(progress) };
  }

  get folder(): string {
    return join(this.installer.installedDir, 'sample');
  }

  get checkpoint(): string {
    return join(this.folder, 'sample.pt');
  }

  file(name: string, data: Uint8Array): Promise<string> {
    return this.#folder.file(name, data);
  }

  get(): Promise<InstallOutcome> {
    return this.installer.download('sample', this.run());
  }

  /** The bundle opens and is bound to the checkpoint at every size. */
  async expectUsable(): Promise<void> {
    const model = await this.installer.model('sample');
    for (const size of [256, 512]) {
      const dir = await bundleFor(model, size, this.installer.installedDir);
      expect(dir).toBe(join(this.folder, String(size)));
      const bundle = await openBundle(dir);
      expect([bundle.needsWeights, bundle.manifest.imageSize]).toEqual([false, size]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

export const published = { bytes: weights.length, sha256: sha256(weights) };
