/** From the answer to a prompt to a candidate: good enough, of a likely size, in one piece. */
import type { DiscoveryThresholds } from '../../../shared/manifest.ts';
import { GridMask } from './grid-mask.ts';
import { cellAt, type Proposal } from './prompt-strategy.ts';

/** What the decoder answers to a proposal. */
export interface ProbedMask {
  /** [size * size] on the logit grid. */
  logits: Float32Array;
  /** Predicted IoU, 0..1. */
  iou: number;
  /** Over 0: the decoder takes the object for present. */
  objectLogit: number;
}

/** Of a model whose manifest names none: SAM 2's own for its automatic masks, a little lower. */
export const sam2Thresholds: DiscoveryThresholds = { pointIou: 0.8, boxIou: 0.6, stability: 0.92, stabilityOffset: 1 };

export interface Candidate {
  proposal: Proposal;
  mask: GridMask;
  /** [size * size]; negative outside of `mask`. */
  logits: Float32Array;
  /** 0..1. */
  score: number;
}

export interface SizeLimits {
  /** Share of the picture. */
  least: number;
  most: number;
}

/** A mask that touches so many sides of the picture is the background, unless a detector knows it. */
const backgroundSides = 3;

export const judge = (
  proposal: Proposal,
  { logits, iou, objectLogit }: ProbedMask,
  size: number,
  thresholds: DiscoveryThresholds,
  limits: SizeLimits,
): Candidate | null => {
  const leastIou = proposal.source === 'detector' ? thresholds.boxIou : thresholds.pointIou;
  if (objectLogit <= 0 || iou < leastIou) return null;
  const whole = GridMask.ofLogits(logits, size);
  const { point } = proposal;
  const pieces = whole.pieces();
  const mask = (point && pieces.find((piece) => piece.has(cellAt(size, ...point)))) ?? pieces[0];
  if (!mask) return null;
  const share = mask.area / (size * size);
  if (share < limits.least || share > limits.most) return null;
  if (proposal.source !== 'detector' && sidesTouched(mask) >= backgroundSides) return null;
  if (thresholds.stability > 0 && stabilityOf(logits, mask, thresholds.stabilityOffset) < thresholds.stability) return null;
  const own = logits.map((logit, cell) => (logit > 0 && !mask.has(cell) ? -logit : logit));
  return { proposal, mask, logits: own, score: iou };
};

const sidesTouched = (mask: GridMask): number => {
  const [left, top, right, bottom] = mask.box!;
  return [left === 0, top === 0, right === 1, bottom === 1].filter(Boolean).length;
};

/** |logit > offset| / |logit > -offset| of one piece, as SAM's automatic masks are rated. */
const stabilityOf = (logits: Float32Array, mask: GridMask, offset: number): number => {
  const inner = logits.reduce((count, logit, cell) => count + (logit > offset && mask.has(cell) ? 1 : 0), 0);
  const outer = logits.reduce((count, logit) => count + (logit > -offset ? 1 : 0), 0);
  return outer === 0 ? 0 : inner / outer;
};

const trust: Readonly<Record<Proposal['source'], number>> = { detector: 2, motion: 1, grid: 0 };

/** The most trusted source first, then the best score. */
export const byTrust = (a: Candidate, b: Candidate): number => {
  const rank = ({ proposal, score }: Candidate): number =>
    trust[proposal.source] * 2 + (proposal.label ? (score + proposal.label.score) / 2 : score);
  return rank(b) - rank(a);
};
