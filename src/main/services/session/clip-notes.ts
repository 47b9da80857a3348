/** What a user has to know of a clip that can be used all the same. */

import type { AppState } from '../../../shared/contract/state.ts';
import { plural, pluralForm } from '../../../shared/language.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';

export interface ClipNote {
  level: AppState['notices'][number]['level'];
  text: string;
}

/** What is missing of a file, and what to do. */
export const damageText = ({ damage, frameCount }: OpenedMedia): string | null => {
  if (damage === null) return null;
  const what =
    damage === 'cut-short' ? 'The clip is incomplete: it ends earlier than its index says.' : 'Parts of the clip are missing or damaged.';
  return `${what} The ${plural(frameCount, 'frame')} that can be read are usable. Get a complete copy for the rest.`;
};

const repairText = ({ repair }: OpenedMedia): string | null => {
  if (!repair) return null;
  const { missing, equal, disordered, restarts } = repair;
  const causes = [
    ...(restarts.length > 0 ? [`its clock restarts at ${pluralForm(restarts.length, 'frame', 'frames')} ${listed(restarts)}`] : []),
    ...(equal > 0 ? [`${plural(equal, 'frame has', 'frames have')} the same time as another`] : []),
    ...(disordered > 0 ? [`${plural(disordered, 'frame has', 'frames have')} a time out of order`] : []),
    ...(missing > 0 ? [`${plural(missing, 'frame has', 'frames have')} no time`] : []),
  ];
  return `The times of the clip were repaired: ${causes.join('; ')}. No frame was lost.`;
};

const listed = (frames: readonly number[]): string => `${frames.slice(0, 5).join(', ')}${frames.length > 5 ? ' and others' : ''}`;

const streamsText = ({ streams, stream }: OpenedMedia): string | null => {
  if (streams.length < 2) return null;
  const list = streams.map(({ codec, width, height }, i) => `${i} (${codec}, ${width} × ${height})`).join(', ');
  return `The file has ${streams.length} video streams: ${list}. Stream ${stream} is open.`;
};

const picturesText = ({ pictures }: OpenedMedia): string | null =>
  pictures && pictures.missing.length > 0
    ? `${plural(pictures.missing.length, 'picture')} can't be decoded and are left out: ${pictures.missing.slice(0, 5).join(', ')}${pictures.missing.length > 5 ? ' and others' : ''}.`
    : null;

const colorText = ({ hdr, isToneMapped }: OpenedMedia): string | null => {
  if (!hdr) return null;
  return isToneMapped
    ? `The clip is HDR (${hdr}). It is shown, tracked and exported in SDR (BT.709), tone-mapped.`
    : `The clip is HDR (${hdr}), and this ffmpeg can't tone-map it, so colours look pale here. An export is marked as ${hdr}, as the clip is.`;
};

const fieldsText = ({ isInterlaced, isDeinterlaced }: OpenedMedia): string | null =>
  isInterlaced
    ? `The clip is interlaced: every frame holds two fields. Frames are counted, not fields${isDeinterlaced ? ', and each is deinterlaced into one whole picture' : ''}.`
    : null;

/** In the order of how much they matter. */
export const clipNotes = (media: OpenedMedia): ClipNote[] => {
  const notes: [ClipNote['level'], string | null][] = [
    ['warning', damageText(media)],
    ['warning', picturesText(media)],
    ['info', repairText(media)],
    ['info', streamsText(media)],
    ['info', colorText(media)],
    ['info', fieldsText(media)],
  ];
  return notes.flatMap(([level, text]) => (text === null ? [] : [{ level, text }]));
};
