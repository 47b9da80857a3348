/** Words of the settings: what each is called and what it changes. */
import { formatMoment, plural } from '../../../shared/language.ts';

export const settingsText = {
  title: 'Settings',
  search: 'Search settings',
  none: 'No matching setting. Try another word.',
  reset: (label: string): string => `Reset ${label} to its default`,
  resetAll: 'Reset all',
  usual: (value: string): string => `Default: ${value}`,
  range: (least: string, most: string): string => `${least} to ${most}`,
  on: 'on',
  off: 'off',
  decidedBy: (source: string): string => `Set by ${source} at the start; a change here holds until the app closes`,
  folderHint: 'Default folder',
  restart: 'Takes effect at the next start.',
  profile: 'Profile',
  profiles: { performance: 'Performance', balanced: 'Balanced', quality: 'Quality' },
  keys: 'Keyboard shortcuts…',
  keysChanged: (count: number): string => (count === 0 ? 'none changed' : `${count} changed`),
  change: 'Change…',
  groups: { look: 'Appearance', tools: 'Tools', memory: 'Tracking memory' },
  look: {
    theme: { label: 'Theme', effect: 'Colours of the window. The picture is not affected. "System" follows changes at once.' },
    fillOpacity: { label: 'Mask opacity', effect: "How strongly an object's colour covers the picture." },
    clock: {
      label: 'Clock',
      effect: 'How positions are shown: time or timecode. Timecode needs a constant frame rate.',
    },
    areContoursShown: { label: 'Contours', effect: 'A line around each mask.' },
    playingQuality: {
      label: 'Drawing quality while playing',
      effect:
        'If drawing is slow, for example without a graphics card, "automatic" plays at a lower resolution and returns to full when paused. Masks stay exact.',
    },
    isTimelineShown: { label: 'Timeline', effect: 'The timeline below the picture.' },
    isSideShown: { label: 'Side panel', effect: 'Objects and memory beside the picture.' },
    areHintsDismissed: { label: 'Hide the first hints', effect: 'The three hints above the picture.' },
  },
  tools: {
    brushSize: { label: 'Brush size', effect: 'Diameter of the brush and the eraser in the source picture.' },
  },
  memory: {
    mode: { label: 'Paths', effect: '"single" is SAM 2; "tree" keeps several paths where the model is unsure, and takes longer.' },
    variant: { label: 'Tree', effect: '"exact" is SAM2Long to the letter; "live" also prunes and merges paths.' },
    gate: { label: 'Memory gate', effect: 'Which frames become memories. "auto" depends on "Paths".' },
    maxBranches: { label: 'Most paths', effect: 'Paths kept per object; each costs memory and time.' },
    consistencyThreshold: { label: 'Merge from agreement', effect: 'Paths whose masks agree this much are merged; 1 = never.' },
    pruneRatio: { label: 'Prune below', effect: "A path under this share of the best one's score is dropped; 0 = never." },
    scoreDecay: { label: 'Weight of the past', effect: "How much a path's earlier score counts at each new frame." },
    keyFrameBoost: { label: 'Key frame boost', effect: 'Factor on sure frames; 1 = none.' },
    history: { label: 'Frames kept', effect: 'Frames behind the newest on which a path can be redrawn.' },
    amendLag: { label: 'Frames amended', effect: 'When another path takes the lead, at most this many frames back change.' },
    uncertaintyLogit: { label: 'Unsure below', effect: "A frame is unsure when no path's object logit exceeds this." },
    memoryQuality: { label: 'Memory quality', effect: 'Predicted IoU above which a frame may become a memory.' },
  } as Record<string, { label: string; effect: string }>,
} as const;

export const storageText = {
  title: 'Storage',
  /** Words that find it in the search, beside its title. */
  words: 'storage disk space clips imported recorded fetched remove unused',
  taken: (count: number, size: string): string => (count === 0 ? 'No downloaded or recorded clips' : `${plural(count, 'clip')}, ${size}`),
  about: (folder: string): string => `Clips you downloaded, dropped here or recorded stay in ${folder} until you remove them.`,
  removeUnused: 'Remove unused clips…',
  confirm: (count: number, size: string): string => `Permanently remove ${plural(count, 'clip')} (${size})`,
  keep: 'Keep',
  removed: (count: number, size: string): string => `${plural(count, 'clip')} removed, ${size} freed.`,
  madeAt: (ms: number): string => formatMoment(ms),
  usedBy: (names: string): string => `used by ${names}`,
  isOpen: 'open now',
  unused: 'not used by any project',
  open: 'Open',
  openLabel: (name: string): string => `Open ${name}`,
} as const;
