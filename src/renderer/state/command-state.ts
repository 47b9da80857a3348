/** Whether a command that switches something has it switched on now; undefined for the others. */
import type { CommandId } from '../../shared/commands.ts';
import type { TrackedObject } from '../../shared/contract/state.ts';
import { objectsOf, type WindowState } from './window-state.ts';

const selected = (state: WindowState): TrackedObject | undefined => objectsOf(state).find(({ id }) => id === state.selectedId);

export const checkedOf = (state: WindowState, id: CommandId): boolean | undefined => {
  switch (id) {
    case 'view.toggleOverlays':
      return state.areMasksVisible;
    case 'view.toggleContours':
      return state.prefs.areContoursShown;
    case 'view.toggleSide':
      return state.prefs.isSideShown;
    case 'view.toggleTimeline':
      return state.prefs.isTimelineShown;
    case 'view.toggleTimecode':
      return state.prefs.clock === 'timecode';
    case 'track.toggleSelected':
      return state.trackScope === 'selected';
    case 'object.toggleSolo':
      return selected(state)?.solo ?? false;
    case 'object.toggleLocked':
      return selected(state)?.locked ?? false;
    default:
      return id.startsWith('tool.') ? id === `tool.${state.tool}` : undefined;
  }
};
