/** The panels of the right dock; a panel is one row here. */
import type { ComponentType } from 'react';
import { FoundPanel } from '../features/find/found-panel.tsx';
import { foundTab } from '../features/find/found-tab.ts';
import { ObjectsPanel } from '../features/objects/objects-panel.tsx';
import { TreePanel } from '../features/tree/tree-panel.tsx';
import { appText } from './strings.ts';

export interface DockTab {
  /** Kept in the preferences. */
  id: string;
  label: string;
  Panel: ComponentType;
}

export const dockTabs: readonly DockTab[] = [
  { id: 'objects', label: appText.objects, Panel: ObjectsPanel },
  { id: foundTab, label: appText.found, Panel: FoundPanel },
  { id: 'memory', label: appText.memory, Panel: TreePanel },
];
