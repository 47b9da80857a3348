/** The menu bar, from the command table: the served window draws it, and so can the system's menu. */
import type { CommandId } from './commands.ts';

export interface MenuSpec {
  label: string;
  items: readonly (CommandId | 'separator')[];
}

const line = 'separator';

export const menus: readonly MenuSpec[] = [
  { label: 'File', items: ['clip.open', 'clip.openSample', line, 'clip.export', line, 'model.choose', line, 'clip.close'] },
  {
    label: 'Edit',
    items: ['object.removeLastPoint', 'object.clearFrame', line, 'mark.in', 'mark.out', 'mark.clear', line, 'palette.open'],
  },
  {
    label: 'Objects',
    items: [
      'object.add',
      'object.finish',
      line,
      'object.rename',
      'object.recolor',
      'object.toggleVisible',
      'object.toggleSolo',
      'object.showAll',
      line,
      'object.selectPrevious',
      'object.selectNext',
      line,
      'object.remove',
    ],
  },
  {
    label: 'Track',
    items: [
      'track.start',
      line,
      'track.forward',
      'track.backward',
      'track.both',
      'track.range',
      line,
      'track.toggleSelected',
      line,
      'operation.cancel',
    ],
  },
  {
    label: 'Tools',
    items: [
      'tool.point',
      'tool.box',
      'tool.brush',
      'tool.eraser',
      'tool.hand',
      line,
      'prompt.toggleMode',
      'brush.smaller',
      'brush.larger',
      'brush.undo',
      'brush.apply',
      'brush.discard',
    ],
  },
  {
    label: 'Go',
    items: [
      'playback.toggle',
      'playback.shuttleBack',
      'playback.stop',
      'playback.shuttleForward',
      line,
      'playback.previousFrame',
      'playback.nextFrame',
      'playback.backSecond',
      'playback.forwardSecond',
      'playback.start',
      'playback.end',
      line,
      'playback.previousPrompt',
      'playback.nextPrompt',
      'playback.previousUnsure',
      'playback.nextUnsure',
      'playback.previousGap',
      'playback.nextGap',
      'mark.goIn',
      'mark.goOut',
    ],
  },
  {
    label: 'View',
    items: [
      'view.fit',
      'view.actualSize',
      'view.zoomIn',
      'view.zoomOut',
      line,
      'view.toggleOverlays',
      'view.toggleContours',
      line,
      'timeline.zoomIn',
      'timeline.zoomOut',
      'timeline.fit',
      line,
      'view.toggleSide',
      'view.toggleTimeline',
      'view.theme',
    ],
  },
  { label: 'Help', items: ['help.shortcuts', 'help.hints'] },
];
