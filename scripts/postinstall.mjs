// Brings the CUDA libraries that onnxruntime-node downloads for itself, and carries on without them: an installation
// must succeed on a machine that reaches the npm registry and nothing else. ffmpeg comes as a package, or with the
// app's first start.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const attemptTimeoutMs = 180_000;

/** Folder of onnxruntime-node, wherever npm has put it; null where it is not installed. */
const runtimeDir = () => {
  try {
    return join(dirname(require.resolve('onnxruntime-node')), '..');
  } catch {
    return null;
  }
};

// The libraries are large (hundreds of MB): they are fetched only where an NVIDIA driver is present.
const folder = process.platform === 'linux' && existsSync('/proc/driver/nvidia/version') ? runtimeDir() : null;
if (folder !== null) {
  const run = spawnSync(process.execPath, [join(folder, 'script/install.js')], {
    cwd: folder,
    timeout: attemptTimeoutMs,
    stdio: 'ignore',
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'true' },
  });
  if (run.status !== 0)
    console.log('sam2-video: the CUDA libraries of onnxruntime-node could not be fetched; inference runs on WebGPU or the CPU');
}
