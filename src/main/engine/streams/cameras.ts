/** The cameras of this machine that ffmpeg can open: one list for each system. */
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveCamera } from '../../../shared/live.ts';
import { runFfmpeg } from '../media/ffmpeg-process.ts';

/** `[AVFoundation indev @ 0x..] [0] FaceTime HD Camera`, the cameras before the microphones. */
export const parseAvfoundation = (lines: readonly string[]): LiveCamera[] => {
  const cameras: LiveCamera[] = [];
  let isVideo = false;
  for (const line of lines) {
    if (/AVFoundation video devices:/.test(line)) isVideo = true;
    else if (/AVFoundation audio devices:/.test(line)) isVideo = false;
    const match = /\] \[(\d+)\] (.+?)\s*$/.exec(line);
    // Screens are listed beside cameras.
    if (isVideo && match && !/^Capture screen/.test(match[2]!)) cameras.push({ deviceId: match[1]!, name: match[2]! });
  }
  return cameras;
};

/**
 * `"HD Webcam" (video)` and then `Alternative name "@device_pnp_..."`, which tells two of one name apart; older
 * versions have a heading for the kinds instead.
 */
export const parseDshow = (lines: readonly string[]): LiveCamera[] => {
  const cameras: LiveCamera[] = [];
  let heading = 'video';
  let isCamera = false;
  for (const line of lines) {
    if (/DirectShow video devices/.test(line)) heading = 'video';
    if (/DirectShow audio devices/.test(line)) heading = 'audio';
    const alternative = /Alternative name "(.+)"/.exec(line);
    if (alternative) {
      const last = cameras.at(-1);
      if (isCamera && last) last.deviceId = alternative[1]!;
      isCamera = false;
      continue;
    }
    const device = /\]?\s*"(.+)"(?: \(([a-z, ]+)\))?\s*$/.exec(line);
    if (!device) continue;
    isCamera = (device[2] ?? heading).includes('video');
    if (isCamera) cameras.push({ deviceId: device[1]!, name: device[1]! });
  }
  return cameras;
};

/** Names of Linux's video devices: a camera has several nodes, and the first (index 0) gives the pictures. */
export const parseVideo4Linux = (nodes: readonly { node: string; name: string; index: string }[]): LiveCamera[] =>
  nodes
    .filter(({ index }) => index.trim() === '0')
    .map(({ node, name }) => ({ deviceId: `/dev/${node}`, name: name.trim() || node }))
    .sort((a, b) => a.deviceId.localeCompare(b.deviceId, 'en', { numeric: true }));

const video4Linux = async (): Promise<LiveCamera[]> => {
  const folder = '/sys/class/video4linux';
  const nodes: { node: string; name: string; index: string }[] = [];
  for (const node of await readdir(folder).catch(() => [])) {
    const read = (file: string): Promise<string> => readFile(join(folder, node, file), 'utf8').catch(() => '');
    const exists = await access(`/dev/${node}`).then(
      () => true,
      () => false,
    );
    if (exists) nodes.push({ node, name: await read('name'), index: await read('index') });
  }
  return parseVideo4Linux(nodes);
};

/** Nothing where there is no camera, or the system has no list of them. */
export const listCameras = async (ffmpeg: string, platform: NodeJS.Platform = process.platform): Promise<LiveCamera[]> => {
  if (platform === 'linux') return video4Linux();
  const lines = async (format: string, input: string): Promise<readonly string[]> =>
    (await runFfmpeg(ffmpeg, ['-f', format, '-list_devices', 'true', '-i', input])).stderr.head;
  if (platform === 'darwin') return parseAvfoundation(await lines('avfoundation', ''));
  if (platform === 'win32') return parseDshow(await lines('dshow', 'dummy'));
  return [];
};
