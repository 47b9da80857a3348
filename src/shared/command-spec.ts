/** What a command of the table is, and what decides whether it can be given now. */

export interface CommandContext {
  hasSession: boolean;
  /** There are two tabs or more. */
  hasTabs: boolean;
  /** A tab was closed and can be opened again. */
  hasClosedTab: boolean;
  /** The work is kept in a project's folder. */
  hasProject: boolean;
  hasSelection: boolean;
  /** There are two objects or more. */
  hasSeveral: boolean;
  hasPrompts: boolean;
  hasResults: boolean;
  hasMarks: boolean;
  /** The selected object was clicked or boxed on the frame on screen, so the model made several masks. */
  hasMaskChoice: boolean;
  /** Strokes of the brush that are not applied yet. */
  hasStrokes: boolean;
  canUndo: boolean;
  canRedo: boolean;
  isEngineReady: boolean;
  isTracking: boolean;
  /** Objects are being searched for. */
  isFinding: boolean;
  /** The next box that is dragged in the picture is a region of the search. */
  isDrawingRegion: boolean;
  /** The playhead goes along with the frames being tracked. */
  isFollowing: boolean;
  /** The source is live: what is for whole clips has to wait. */
  isLive: boolean;
  /** It is the view of a stream, which goes on by itself. */
  isStream: boolean;
  isExporting: boolean;
  /** An address is being fetched. */
  isFetching: boolean;
}

export const commandGroups = ['File', 'Edit', 'Playback', 'Tools', 'Objects', 'Tracking', 'Timeline', 'View', 'Help'] as const;
type CommandGroup = (typeof commandGroups)[number];

export interface CommandSpec {
  label: string;
  group: CommandGroup;
  keys: readonly string[];
  enabled: (context: CommandContext) => boolean;
  /** Other words a user may look for it by. */
  words?: string;
  /** A held key gives it again and again; other commands are given once a press. */
  repeats?: true;
  /** What it switches lasts as long as its key is held, when the key is held. */
  lastsWhileHeld?: true;
}

export const always = (): boolean => true;
export const isConnected = (context: CommandContext): boolean => context.isEngineReady;
export const withSession = (context: CommandContext): boolean => context.hasSession;
export const withTabs = (context: CommandContext): boolean => context.hasTabs;
export const withSelection = (context: CommandContext): boolean => context.hasSelection;
export const canTrack = (context: CommandContext): boolean =>
  context.hasPrompts && context.isEngineReady && !context.isTracking && !context.isLive;
export const withMarks = (context: CommandContext): boolean => context.hasSession && context.hasMarks;
export const withClip = (context: CommandContext): boolean => context.hasSession && !context.isLive;
