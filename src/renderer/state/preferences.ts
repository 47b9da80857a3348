/** What this window remembers between starts: how it looks, and keys. One broken value costs that value alone. */
import { z } from 'zod';
import { keyOverridesSchema } from '../../shared/keymap.ts';

const preferencesSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  keys: keyOverridesSchema.catch({}),
  /** Width of the side panel in px. */
  sideWidth: z.number().min(220).max(720).catch(300),
  isSideShown: z.boolean().catch(true),
  sideTab: z.string().catch('objects'),
  /** Height of the timeline in px, transport included; null = as its lanes need. */
  timelineHeight: z.number().min(120).max(720).nullable().catch(null),
  isTimelineShown: z.boolean().catch(true),
  /** Share of an object's colour over the picture, 0..0.9. */
  fillOpacity: z.number().min(0).max(0.9).catch(0.4),
  /** How places in the clip are told: minutes and seconds, or hours to frames. */
  clock: z.enum(['time', 'timecode']).catch('time'),
  areContoursShown: z.boolean().catch(true),
  /** Whether drawing may be coarser while the picture plays, where it takes too long. */
  playingQuality: z.enum(['automatic', 'full']).catch('automatic'),
  /** Diameter of the brush in source px. */
  brushSize: z.number().min(2).max(400).catch(40),
  /** What was exported last; null = nothing yet. */
  exportChoice: z
    .object({
      kinds: z.array(z.string()),
      contours: z.boolean(),
      isFilled: z.boolean(),
      fill: z.number().min(0).max(0.9),
      labels: z.boolean(),
    })
    .nullable()
    .catch(null),
  /** Path of the clip whose tab was looked at last. */
  lastClip: z.string().nullable().catch(null),
  areHintsDismissed: z.boolean().catch(false),
  /** Commands given from the palette, newest first. */
  recentCommands: z.array(z.string()).max(8).catch([]),
});
export type Preferences = z.infer<typeof preferencesSchema>;

export const parsePreferences = (text: string | null): Preferences => {
  try {
    return preferencesSchema.parse(JSON.parse(text ?? '{}') ?? {});
  } catch {
    return preferencesSchema.parse({});
  }
};

export const defaultPreferences: Preferences = parsePreferences(null);

export const nextTheme = (theme: Preferences['theme']): Preferences['theme'] =>
  theme === 'system' ? 'light' : theme === 'light' ? 'dark' : 'system';
