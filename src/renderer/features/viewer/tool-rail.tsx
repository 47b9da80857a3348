/** The tools, down the left side of the picture. */
import { Brush, Eraser, Hand, type LucideIcon, MousePointerClick, SquareDashedMousePointer } from 'lucide-react';
import type { CommandId } from '../../../shared/commands.ts';
import { useAppState } from '../../app/app-context.ts';
import type { ToolName } from '../../state/session-view.ts';
import { CommandButton } from '../../ui/button.tsx';
import { viewerText } from './strings.ts';
import styles from './viewer.module.css';

const tools: { name: ToolName; command: CommandId; Icon: LucideIcon }[] = [
  { name: 'point', command: 'tool.point', Icon: MousePointerClick },
  { name: 'box', command: 'tool.box', Icon: SquareDashedMousePointer },
  { name: 'brush', command: 'tool.brush', Icon: Brush },
  { name: 'eraser', command: 'tool.eraser', Icon: Eraser },
  { name: 'hand', command: 'tool.hand', Icon: Hand },
];

export const ToolRail = () => {
  const tool = useAppState((s) => s.tool);
  return (
    <div className={styles.rail} role="toolbar" aria-label={viewerText.tools} aria-orientation="vertical">
      {tools.map(({ name, command, Icon }) => (
        <CommandButton key={name} command={command} variant="ghost" isIcon isPressed={tool === name}>
          <Icon size={17} />
        </CommandButton>
      ))}
    </div>
  );
};
