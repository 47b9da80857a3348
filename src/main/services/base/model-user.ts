/** Who goes along when another model becomes the active one. */
import type { EngineModel } from '../../engine/api/protocol.ts';

/** How a load is watched and given up. */
export interface LoadWatch {
  signal: AbortSignal;
  /**
   * Of the bytes that are checked, then of the prompts that the model is given; 0 of 0 while there is nothing to count.
   */
  onProgress(done: number, total: number): void;
}

export interface ModelUser {
  /** @throws AppError `cancelled` before anything has changed */
  adoptModel(model: EngineModel, watch: LoadWatch): Promise<void>;
  /** The former model is active again: what there is follows from it already. */
  readoptModel(): Promise<void>;
}
