/** The system's menu, made from the command table. Keys stay with the window, which knows when it is being typed in. */
import type { MenuItemConstructorOptions } from 'electron';
import { type CommandId, commands } from '../../shared/commands.ts';
import { type KeyOverrides, keysOf, noOverrides } from '../../shared/keymap.ts';
import { menus } from '../../shared/menus.ts';

/** "Mod+KeyO" as Electron writes it, or null for a key that needs none of Ctrl and Alt. */
export const acceleratorOf = (id: CommandId, overrides: KeyOverrides = noOverrides): string | null => {
  const key = keysOf(id, overrides).find((chord) => chord.startsWith('Mod+'));
  return key === undefined
    ? null
    : key
        .replace('Mod', 'CmdOrCtrl')
        .replace(/(Key|Digit)(?=.$)/, '')
        .replace(/Arrow(?=\w+$)/, '');
};

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** What the system adds to a menu of the table. */
const additions = (label: string, platform: NodeJS.Platform): MenuItemConstructorOptions[] => {
  if (label === 'File') return [separator, { role: platform === 'darwin' ? 'close' : 'quit' }];
  if (label === 'Edit') return [separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }];
  if (label === 'View') return [separator, { role: 'togglefullscreen' }];
  return [];
};

/** @param overrides keys that the user gave to commands */
export const menuTemplate = (
  run: (id: CommandId) => void,
  platform: NodeJS.Platform,
  overrides: KeyOverrides = noOverrides,
): MenuItemConstructorOptions[] => {
  const item = (id: CommandId): MenuItemConstructorOptions => {
    const accelerator = acceleratorOf(id, overrides);
    return { label: commands[id].label, click: () => run(id), ...(accelerator && { accelerator, registerAccelerator: false }) };
  };
  const fromTable = menus.map(
    ({ label, items }): MenuItemConstructorOptions => ({
      label,
      submenu: [...items.map((entry) => (entry === 'separator' ? separator : item(entry))), ...additions(label, platform)],
      ...(label === 'Help' && { role: 'help' as const }),
    }),
  );
  const help = fromTable.pop()!;
  return [...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []), ...fromTable, { role: 'windowMenu' }, help];
};
