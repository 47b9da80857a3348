/** Commands that find objects, and those on what was found. */
import { type CommandContext, type CommandSpec, withSession } from './command-spec.ts';

const canFind = (context: CommandContext): boolean =>
  withSession(context) && context.isEngineReady && !context.isTracking && !context.isFinding;

export const findCommands = {
  'find.start': {
    label: 'Find objects',
    group: 'Objects',
    keys: ['Mod+Shift+KeyF'],
    enabled: canFind,
    words: 'detect automatic search person car segment everything',
  },
  'find.show': { label: 'Show the found objects', group: 'Objects', keys: [], enabled: withSession, words: 'panel list auto classes' },
  'find.drawInclude': {
    label: 'Draw a region to search in',
    group: 'Objects',
    keys: [],
    enabled: withSession,
    words: 'find area interest only',
  },
  'find.drawExclude': {
    label: 'Draw a region to leave out',
    group: 'Objects',
    keys: [],
    enabled: withSession,
    words: 'find area exclude ignore',
  },
  'find.endDrawing': {
    label: 'Stop drawing a region',
    group: 'Objects',
    keys: ['Escape'],
    enabled: (context) => context.isDrawingRegion,
  },
} as const satisfies Record<string, CommandSpec>;
