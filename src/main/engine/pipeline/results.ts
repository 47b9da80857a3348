/** From the tracker's logits to what the host stores and the window shows. */
import { compressCounts, rleArea, rleBox } from '../../../shared/rle.ts';
import type { EngineResult, MemoryReport } from '../api/protocol.ts';
import { logitsToRle, quantizeLogits } from '../tracking/mask-upsample.ts';
import type { ObjectFrameResult } from '../tracking/tracker-core.ts';

/** @param source size of the clip in px */
export const toEngineResult = (
  result: Pick<ObjectFrameResult, 'objectId' | 'logits' | 'predictedIou' | 'objectLogit' | 'prompted'>,
  source: { width: number; height: number },
): EngineResult => {
  const side = Math.sqrt(result.logits.length);
  const rle = logitsToRle(result.logits, side, side, source.width, source.height);
  const box = rleBox(rle);
  const { scale, values } = quantizeLogits(result.logits);
  return {
    objectId: result.objectId,
    counts: compressCounts(rle.counts),
    box: box ? [box.x, box.y, box.width, box.height] : null,
    area: rleArea(rle),
    predictedIou: result.predictedIou,
    objectLogit: result.objectLogit,
    prompted: result.prompted,
    overlay: {
      objectId: result.objectId,
      width: side,
      height: side,
      scale,
      predictedIou: result.predictedIou,
      objectLogit: result.objectLogit,
      logits: values,
    },
  };
};

/** @param source size of the clip in px */
export const toMemoryReport = (
  frame: number,
  results: readonly ObjectFrameResult[],
  source: { width: number; height: number },
): MemoryReport => ({
  uncertainty: results.flatMap(({ objectId, prompted, uncertainty }) => (prompted ? [] : [{ objectId, frame, uncertainty }])),
  events: results.flatMap(({ events }) => events),
  amended: results.flatMap(({ objectId, amended }) =>
    amended.map(({ frame: earlier, ...output }) => ({
      frame: earlier,
      result: toEngineResult({ objectId, prompted: false, ...output }, source),
    })),
  ),
});
