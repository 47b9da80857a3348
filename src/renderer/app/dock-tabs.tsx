/** The panels of the right dock; a panel is one row here. */
import type { ComponentType } from 'react';
import { FoundPanel } from '../features/find/found-panel.tsx';
import { foundTab } from '../features/find/found-tab.ts';
import { ObjectsPanel } from '../features/objects/objects-panel.tsx';
import { ReviewPanel, useReviewCount } from '../features/review/review-panel.tsx';
import { reviewText } from '../features/review/strings.ts';
import { TreePanel } from '../features/tree/tree-panel.tsx';
import { appText } from './strings.ts';

export interface DockTab {
  /** Kept in the preferences. */
  id: string;
  label: string;
  Panel: ComponentType;
  /** How much waits there, said in the tab; 0 is not said. */
  useCount?: () => number;
  countLabel?: (count: number) => string;
}

export const dockTabs: readonly DockTab[] = [
  { id: 'objects', label: appText.objects, Panel: ObjectsPanel },
  { id: 'review', label: appText.review, Panel: ReviewPanel, useCount: useReviewCount, countLabel: reviewText.count },
  { id: foundTab, label: appText.found, Panel: FoundPanel },
  { id: 'memory', label: appText.memory, Panel: TreePanel },
];
