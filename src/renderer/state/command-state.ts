/** Whether a command that switches something has it switched on now; undefined for the others. */
import type { CommandId } from '../../shared/commands.ts';
import type { WindowState } from './window-state.ts';

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
    case 'track.toggleSelected':
      return state.trackScope === 'selected';
    case 'object.toggleSolo':
      return state.soloId !== null && state.soloId === state.selectedId;
    default:
      return id.startsWith('tool.') ? id === `tool.${state.tool}` : undefined;
  }
};
