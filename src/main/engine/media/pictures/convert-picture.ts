/** A picture of any kind as an upright PNG. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../../../../shared/errors.ts';
import { cancelled, fileUrl, spawnFfmpeg } from '../ffmpeg-process.ts';
import { heifSize, type PictureHead } from './picture-head.ts';

/** Demuxers of single pictures, and mov for HEIC and AVIF. */
const demuxers =
  'image2,bmp_pipe,png_pipe,jpeg_pipe,jpegls_pipe,tiff_pipe,webp_pipe,gif,apng,mov,mp4,m4a,3gp,3g2,mj2,avif,j2k_pipe,jpegxl_pipe,jpegxl_anim,dpx_pipe,exr_pipe,' +
  'pam_pipe,pbm_pipe,pgm_pipe,pgmyuv_pipe,ppm_pipe';

/** What EXIF's orientations ask for, as filters. */
const turns: readonly string[] = ['null', 'hflip', 'hflip,vflip', 'vflip', 'transpose=0', 'transpose=1', 'transpose=3', 'transpose=2'];

const pngSize = (png: Buffer): { width: number; height: number } => ({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) });

/** Told apart, since ffmpeg says nothing of it. */
const isAnimatedWebp = (bytes: Buffer): boolean => bytes.toString('latin1', 8, 16) === 'WEBPVP8X' && (bytes[20]! & 2) !== 0;

/** @throws AppError `source-unreadable` when ffmpeg can't read it, `cancelled` */
export const convertPicture = async (
  { path, kind, orientation }: PictureHead & { path: string },
  ffmpeg: string,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; size: { width: number; height: number } }> => {
  // Of HEIF ffmpeg knows the turn itself, of the others not every version does.
  const turning = kind === 'heif' ? [] : ['-noautorotate'];
  const filter = kind === 'heif' ? 'null' : turns[orientation - 1]!;
  const child = spawnFfmpeg(ffmpeg, {
    signal,
    args: [
      ...['-protocol_whitelist', 'file', '-format_whitelist', demuxers, ...turning, '-i', fileUrl(path)],
      ...['-map', '0:v:0', '-vf', filter, '-frames:v', '1', '-c:v', 'png', '-pred', 'none', '-f', 'image2pipe', 'pipe:1'],
    ],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const { code } = await child.exit;
  if (signal.aborted) throw cancelled();
  const bytes = Buffer.concat(chunks);
  if (code !== 0 || bytes.length < 33)
    throw new AppError(
      'source-unreadable',
      `${path} can't be read by this ffmpeg (${isAnimatedWebp(await readFile(path)) ? 'it is an animation' : child.stderr.lastError()}). Save the pictures as JPEG or PNG, or replace this one.`,
      { details: { path } },
    );
  const size = pngSize(bytes);
  const declared = kind === 'heif' ? heifSize(await readFile(path)) : null;
  if (declared && declared.width * declared.height > size.width * size.height)
    throw new AppError(
      'source-unreadable',
      `${path} is put together of tiles (${declared.width} x ${declared.height} px), of which this ffmpeg reads only one. Use a newer ffmpeg, or save the pictures as JPEG.`,
      { details: { path } },
    );
  return { bytes, size };
};
