/** Words of the memory panel. */
import { plural } from '../../../shared/language.ts';

export const treeText = {
  panel: 'Memory',
  title: 'Memory tree',
  about: 'Keep several paths per object where the model is unsure. Takes effect at the next run.',
  counts: (branches: number, switches: number): string =>
    `${plural(branches, 'branch', 'branches')}, ${plural(switches, 'switch', 'switches')}`,
  ofObject: (name: string, counts: string): string => `${name}: ${counts}`,
  amended: (frames: number): string => `, ${plural(frames, 'frame')} amended in total`,
  onFrame: 'Branches on this frame',
  branch: (id: number): string => `Branch ${id}`,
  leads: 'leads',
  share: (percent: number): string => `${percent} % of the best`,
  iou: (iou: string): string => `IoU ${iou}`,
  switched: (frame: number, from: number, to: number): string => `Frame ${frame}: branch ${to} takes the lead from ${from}`,
  life: (branch: number, from: number, until: string): string => `Branch ${branch}: from frame ${from}, ${until}`,
  alive: 'alive',
  merged: (into: number | null, frame: number): string => `merged into ${into} on ${frame}`,
  dropped: (frame: number): string => `dropped on ${frame}`,
};
