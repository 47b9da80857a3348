/** The form in which pictures are handed out: upright, with square pixels, whole frames, and in SDR. */
import type { Deinterlace } from '../../../shared/footage.ts';
import type { VideoStream } from '../api/media.ts';
import { listFilters } from './ffmpeg-binary.ts';
import type { ColorSpace, FrameFacts } from './frame-facts.ts';

/** Transfers of HDR, by ffmpeg's names. */
export const hdrTransfers: Readonly<Record<string, 'PQ' | 'HLG'>> = { smpte2084: 'PQ', 'arib-std-b67': 'HLG' };

export interface PictureForm {
  /** Display size: turned upright, pixels made square. Pass it on when asking for frames. */
  width: number;
  height: number;
  codec: string;
  pixelFormat: string;
  /** Matrix of the YUV planes that are handed out. Guessed by size where the file does not say. */
  colorSpace: ColorSpace;
  fullRange: boolean;
  /** Of the planes that are handed out, by ffmpeg's names; null where the file does not say. */
  matrix: string | null;
  primaries: string | null;
  transfer: string | null;
  /** How the decoder's planes are to be read. */
  coded: { colorSpace: ColorSpace; fullRange: boolean; transfer: string | null };
  /** Made of two fields, taken one after the other. */
  isInterlaced: boolean;
  /** Two fields are put together into one whole picture: in frames that are marked as such, or in all of them. */
  isDeinterlaced: boolean;
  deinterlacesAll: boolean;
  /** HDR is handed out as SDR. */
  isToneMapped: boolean;
}

/** What is done to pictures, where they need it. */
export interface PictureWork {
  canToneMap: boolean;
  deinterlace: Deinterlace;
}

/** What this ffmpeg can do to pictures like these, of what is wanted. */
export const workOn = async (
  { transfer, isInterlaced }: FrameFacts,
  ffmpeg: string,
  deinterlace: Deinterlace = 'auto',
): Promise<PictureWork> => {
  if (!isInterlaced && deinterlace !== 'on' && !Object.hasOwn(hdrTransfers, transfer ?? '')) return asIs;
  const filters = await listFilters(ffmpeg);
  return { canToneMap: filters.has('zscale') && filters.has('tonemap'), deinterlace: filters.has('estdif') ? deinterlace : 'off' };
};

const isRgb = (pixelFormat: string): boolean => /^(gbr|rgb|bgr|argb|abgr|pal8|0rgb|0bgr|x2rgb|x2bgr)/.test(pixelFormat);

const displaySize = ({ width, height, sampleAspect: { num, den } }: FrameFacts): { width: number; height: number } => ({
  // The longer side of a pixel grows, so that no picture information is lost.
  width: num > den ? Math.round((width * num) / den) : width,
  height: num < den ? Math.round((height * den) / num) : height,
});

const asIs: PictureWork = { canToneMap: false, deinterlace: 'off' };

/** @param coded as the container has it */
export const pictureOf = (coded: VideoStream, facts: FrameFacts, work: PictureWork = asIs): PictureForm => {
  const colorSpace = facts.colorSpace ?? (coded.width >= 1280 || coded.height > 576 ? 'bt709' : 'bt601');
  // RGB sources become limited-range YUV on their way out.
  const fullRange = facts.isFullRange && !isRgb(facts.pixelFormat);
  const isToneMapped = work.canToneMap && Object.hasOwn(hdrTransfers, facts.transfer ?? '');
  const { matrix, primaries, transfer, isInterlaced, pixelFormat } = facts;
  return {
    ...displaySize(facts),
    codec: coded.codec,
    pixelFormat,
    ...(isToneMapped
      ? ({ colorSpace: 'bt709', fullRange: false, matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' } as const)
      : { colorSpace, fullRange, matrix, primaries, transfer }),
    coded: { colorSpace, fullRange, transfer },
    isInterlaced,
    isDeinterlaced: work.deinterlace === 'on' || (isInterlaced && work.deinterlace === 'auto'),
    deinterlacesAll: work.deinterlace === 'on',
    isToneMapped,
  };
};

const range = (isFull: boolean): string => (isFull ? 'pc' : 'tv');

type FilterForm = Pick<PictureForm, 'pixelFormat' | 'colorSpace' | 'fullRange' | 'coded' | 'isToneMapped'>;

/** The colour options that make the scaler read the source as it is described, not as it guesses. */
const sourceColor = ({ pixelFormat, coded }: FilterForm): string =>
  isRgb(pixelFormat) ? '' : `:in_color_matrix=${coded.colorSpace}:in_range=${range(coded.fullRange)}`;

/**
 * HDR to SDR (Hable's curve): linear light, BT.709's primaries, the curve, BT.709's transfer. In RGB, so that any size
 * will do; scaled before, since it costs much.
 */
const toneMapped = (form: FilterForm, size: { width: number; height: number }): string =>
  [
    `scale=${size.width}:${size.height}:flags=bicubic+accurate_rnd+full_chroma_int${sourceColor(form)}`,
    'format=gbrp16le',
    `zscale=min=gbr:rin=full:pin=bt2020:tin=${form.coded.transfer}:t=linear:npl=100:p=bt709:m=gbr`,
    'format=gbrpf32le,tonemap=tonemap=hable:desat=0',
    'zscale=min=gbr:rin=full:pin=bt709:tin=linear:t=bt709:p=bt709:m=gbr:r=full,format=gbrp',
  ].join(',');

/** To planes of `size`. */
export const displayFilter = (form: FilterForm, size: { width: number; height: number }): string =>
  form.isToneMapped
    ? `${toneMapped(form, size)},scale=flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p`
    : `scale=${size.width}:${size.height}:flags=bicubic${sourceColor(form)}:out_color_matrix=${form.colorSpace}:out_range=${range(form.fullRange)},format=yuv420p`;

/** To RGB of `size`, 8 bits each. */
export const rgbFilter = (form: FilterForm, size: { width: number; height: number }): string =>
  form.isToneMapped
    ? `${toneMapped(form, size)},format=rgb24`
    : `scale=${size.width}:${size.height}:flags=bicubic+accurate_rnd+full_chroma_int${sourceColor(form)},format=rgb24`;

/**
 * Filters that come first, for all uses of a picture. Fields are put together from one frame alone, so that it looks
 * the same wherever decoding began.
 */
export const frameFilters = ({ isDeinterlaced, deinterlacesAll }: Pick<PictureForm, 'isDeinterlaced' | 'deinterlacesAll'>): string =>
  isDeinterlaced ? `estdif=mode=frame:deint=${deinterlacesAll ? 'all' : 'interlaced'}` : '';
