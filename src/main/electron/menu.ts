/** The system's menu, made from the command table. Keys stay with the window, which knows when it is being typed in. */
import type { MenuItemConstructorOptions } from 'electron';
import { type CommandId, commands } from '../../shared/commands.ts';

/** "Mod+KeyO" as Electron writes it, or null for a key that needs none of Ctrl and Alt. */
export const acceleratorOf = (id: CommandId): string | null => {
  const key = commands[id].keys.find((chord) => chord.startsWith('Mod+'));
  return key === undefined ? null : key.replace('Mod', 'CmdOrCtrl').replace(/(Key|Digit)(?=.$)/, '');
};

export const menuTemplate = (run: (id: CommandId) => void, platform: NodeJS.Platform): MenuItemConstructorOptions[] => {
  const item = (id: CommandId): MenuItemConstructorOptions => {
    const accelerator = acceleratorOf(id);
    return { label: commands[id].label, click: () => run(id), ...(accelerator && { accelerator, registerAccelerator: false }) };
  };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        item('clip.open'),
        item('clip.openSample'),
        separator,
        item('clip.export'),
        separator,
        item('model.choose'),
        separator,
        { role: platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'Objects',
      submenu: [
        item('object.add'),
        item('object.finish'),
        item('object.rename'),
        item('object.toggleVisible'),
        separator,
        item('object.clearFrame'),
        item('object.remove'),
        separator,
        item('track.start'),
        item('operation.cancel'),
      ],
    },
    {
      label: 'View',
      submenu: [
        item('view.fit'),
        item('view.actualSize'),
        item('view.zoomIn'),
        item('view.zoomOut'),
        separator,
        item('view.toggleOverlays'),
        separator,
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [item('help.shortcuts')] },
  ];
};
