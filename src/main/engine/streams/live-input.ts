/** How ffmpeg opens a live source, and what a source that can't be opened means. */
import { AppError } from '../../../shared/errors.ts';
import type { PlayedSource } from '../../../shared/live.ts';
import { addressErrorOf } from '../../common/address-error.ts';
import { isNetworkAddress } from '../../common/addresses.ts';
import { requireCamera, titleOf } from '../../common/live-source.ts';
import { chooseEncoder } from '../media/encoder-args.ts';
import { inputArgs } from '../media/ffmpeg-process.ts';
import { isWebAddress, type NetworkInput, networkInput, oneRendition, recordedMaps } from '../media/network-source.ts';

/** Matroska, a cluster for each packet, so that a packet leaves as soon as the next one is there. */
const streamArgs = ['-f', 'matroska', '-cluster_time_limit', '0', '-flush_packets', '1', 'pipe:1'];

/** What is on the wire is copied as it is. */
const copyArgs = [...recordedMaps, '-c', 'copy', ...streamArgs];
const copyWebArgs = [...oneRendition, '-c', 'copy', ...streamArgs];

/**
 * Pictures of an address that come in lumps (the pieces of HLS) are read at their own pace; a stream that is sent as it
 * happens must be read as fast as it comes.
 * @param clock options that say where times come from
 */
export const liveInput = (url: string, clock: Readonly<Record<string, string>> = {}): NetworkInput => {
  if (!isNetworkAddress(url))
    throw new AppError('not-allowed', 'This kind of address is not supported. Use http, https, rtsp, rtmp or srt, or a path for a file.');
  const paced = isWebAddress(url) ? ['-re'] : [];
  const { args, stdin } = networkInput(url, { fpsprobesize: '0', analyzeduration: '3000000', ...clock }, paced);
  return { args: [...args, ...(isWebAddress(url) ? copyWebArgs : copyArgs)], stdin };
};

/** A file at its own pace. */
export const fileInput = (path: string, repeats: boolean): NetworkInput => ({
  args: ['-re', ...(repeats ? ['-stream_loop', '-1'] : []), ...inputArgs(path), ...copyArgs],
  stdin: null,
});

/** The system's own way to a camera. @param deviceId as `listCameras` gives it */
export const cameraInputArgs = (deviceId: string, platform: NodeJS.Platform): string[] => {
  requireCamera(deviceId, platform);
  const open = ['-fpsprobesize', '0', '-thread_queue_size', '64'];
  if (platform === 'linux') return ['-f', 'v4l2', ...open, '-i', deviceId];
  // A rate that the camera has must be named; 30 is what nearly all have.
  if (platform === 'darwin') return ['-f', 'avfoundation', '-framerate', '30', ...open, '-i', `${deviceId}:none`];
  if (platform === 'win32') return ['-f', 'dshow', '-rtbufsize', '128M', ...open, '-i', `video=${deviceId}`];
  throw new AppError('source-unreadable', "The app can't open this system's cameras here. Use one in the window, or its address.");
};

/**
 * Raw pictures are encoded for the recording: fast, without frames that wait for later ones, a key frame every two
 * seconds or so.
 */
export const encodeArgs = (encoders: ReadonlySet<string>): string[] => {
  const { name, args } = chooseEncoder(encoders, 20, 'ultrafast');
  const tuned = name === 'libx264' ? ['-tune', 'zerolatency'] : [];
  return ['-map', '0:V:0', '-c:v', name, ...args, ...tuned, '-pix_fmt', 'yuv420p', '-g', '50', '-bf', '0', ...streamArgs];
};

const cameraError = (title: string, said: string): AppError => {
  const text = (reason: string, help: string): AppError => new AppError('camera-unavailable', `The camera ${title} ${reason}. ${help}`);
  if (/busy|in use|Could not run graph|already/i.test(said)) return text('is in use by another program', 'Close it first.');
  if (/permission|not permitted|denied|not authorized/i.test(said))
    return new AppError('camera-forbidden', `The camera ${title} is blocked. Allow it in the system's privacy settings.`);
  if (/No such file|not found|Could not find|no device|Cannot open|I\/O error/i.test(said))
    return text('is not there', 'Plug it in, or choose another one.');
  return text(`sends no video (${said})`, 'Unplug it and plug it in again, or choose another one.');
};

/** Why a source gave nothing, or stopped giving. @param said ffmpeg's last word */
export const inputError = (source: PlayedSource, said: string): AppError => {
  if (source.kind === 'network') return addressErrorOf(source.url, said);
  if (source.kind === 'camera') return cameraError(titleOf(source), said);
  if (source.kind === 'file')
    return new AppError(
      /No such file/i.test(said) ? 'source-missing' : 'source-unreadable',
      `${source.path} can't be played (${said}). Check the file.`,
    );
  return new AppError('source-unreadable', `${titleOf(source)} sends something that is not video (${said}). Restart the camera.`);
};

/** Failures that another try would not help. */
export const isFinal = ({ code }: AppError): boolean =>
  [
    'address-forbidden',
    'address-missing',
    'camera-forbidden',
    'source-no-video',
    'not-allowed',
    'disk-full',
    'output-unwritable',
    'ffmpeg-missing',
    'encode-failed',
    'source-changed',
  ].includes(code);
