// Brings the optional native parts that npm packages download for themselves, and carries on without them:
// an installation must succeed on a machine that reaches the npm registry and nothing else.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const attemptTimeoutMs = 180_000;

const attempt = (what, script, args, cwd, env = {}) => {
  if (!existsSync(script)) return `${what}: not installed`;
  const run = spawnSync(process.execPath, [script, ...args], {
    cwd,
    timeout: attemptTimeoutMs,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return run.status === 0 ? null : `${what}: could not be fetched`;
};

const missing = [];

const ffmpegDir = join(root, 'node_modules/ffmpeg-static');
if (existsSync(ffmpegDir) && !process.env.FFMPEG_BIN) {
  const path = require(ffmpegDir);
  if (!path || !existsSync(path)) {
    const failed = attempt('ffmpeg-static', join(ffmpegDir, 'install.js'), [], ffmpegDir);
    if (failed) missing.push(`${failed}; the app uses the ffmpeg on PATH or FFMPEG_PATH instead`);
  }
}

// CUDA libraries are large (hundreds of MB): they are fetched only where an NVIDIA driver is present.
if (process.platform === 'linux' && existsSync('/proc/driver/nvidia/version')) {
  const ortDir = join(root, 'node_modules/onnxruntime-node');
  const failed = attempt('CUDA libraries of onnxruntime-node', join(ortDir, 'script/install.js'), [], ortDir, {
    ONNXRUNTIME_NODE_INSTALL: 'true',
  });
  if (failed) missing.push(`${failed}; inference runs on WebGPU or the CPU`);
}

for (const line of missing) console.log(`sam2-video: ${line}`);
