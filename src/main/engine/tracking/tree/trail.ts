/** The frames behind a path, as a chain that branches share up to where they parted. */
import type { FrameOutput } from '../memory-bank.ts';

export interface TrailNode {
  readonly frame: number;
  readonly output: FrameOutput;
  /** The frame before; null at the root and where the trail was cut. */
  parent: TrailNode | null;
}

/** Forgets what lies more than `length` frames back. Branches share nodes, so cutting one chain cuts them all alike. */
export const cutTrail = (tip: TrailNode | null, length: number): void => {
  let node = tip;
  for (let steps = 1; node && steps < length; steps++) node = node.parent;
  if (node) node.parent = null;
};

/** Nodes of `of` down to where it meets `other`, newest first, at most `most`. Both start on the same frame. */
export const divergence = (of: TrailNode | null, other: TrailNode | null, most: number): TrailNode[] => {
  const nodes: TrailNode[] = [];
  let a = of;
  let b = other;
  while (a && a !== b && nodes.length < most) {
    nodes.push(a);
    a = a.parent;
    b = b?.parent ?? null;
  }
  return nodes;
};
