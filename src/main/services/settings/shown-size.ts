import type { SettingValues } from '../../../shared/settings.ts';

/** Size of the pictures shown while tracking; wide clips are fitted into it. */
export const shownSize = (values: SettingValues): { width: number; height: number } => {
  const height = values['track.displayHeight'];
  return { width: Math.round((height * 16) / 9), height };
};
