/** What the tracker needs to know of a model; every number comes from the bundle's manifest. */
export interface TrackerConstants {
  /** S: the model sees S x S pixels. */
  imageSize: number;
  /** h: features are h x h. */
  featureSize: number;
  /** 4h: low-res logits are 4h x 4h. */
  logitSize: number;
  hiddenDim: number;
  memoryDim: number;
  /** Conditioning slot plus recent memories (7). */
  numMaskmem: number;
  memoryTemporalStride: number;
  maxObjPtrs: number;
  /** Most conditioning frames attended; -1 = all (rule 17). */
  maxCondFrames: number;
  multimaskMinPoints: number;
  multimaskMaxPoints: number;
  multimaskForTracking: boolean;
  stabilityDelta: number;
  stabilityThreshold: number;
  noObjScore: number;
  maskPromptClamp: number;
  maskPromptLogit: number;
  binarizePromptedMasks: boolean;
  /** Of an answer to a single click only the clicked piece is kept (clicked-piece.ts); not SAM 2's. */
  keepClickedPiece: boolean;
}
