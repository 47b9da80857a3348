/** How large the export will be and where it goes, asked for again when the choice has rested for a moment. */
import { useEffect, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import type { ExportEstimate } from '../../../shared/export-choice.ts';
import { useApp } from '../../app/app-context.ts';
import type { SessionInput } from '../../transport/session-client.ts';

const restMs = 150;

export type Estimated = { estimate: ExportEstimate } | { problem: string } | null;

/** @param wanted null while it is not complete; what was known stays until there is something new */
export const useEstimate = (wanted: SessionInput<'export.start'> | null): Estimated => {
  const { callSession } = useApp();
  const [estimated, setEstimated] = useState<{ key: string; value: Exclude<Estimated, null> } | null>(null);
  const key = wanted && JSON.stringify(wanted);
  useEffect(() => {
    if (key === null) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      const choice = JSON.parse(key) as SessionInput<'export.start'>;
      const ask = async (): Promise<void> => {
        // At once what is known; how well the clip compresses takes a moment to find out.
        for (const measure of [false, true]) {
          const estimate = await callSession('export.estimate', { ...choice, measure });
          if (!isWanted) return;
          setEstimated({ key, value: { estimate } });
          if (estimate.isMeasured) return;
        }
      };
      ask().catch((error: unknown) => isWanted && setEstimated({ key, value: { problem: AppError.from(error).message } }));
    }, restMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [callSession, key]);
  if (!estimated) return null;
  const { value } = estimated;
  // Of another choice: what it says is no more than a guess until this one was looked at.
  return estimated.key !== key && 'estimate' in value ? { estimate: { ...value.estimate, isMeasured: false } } : value;
};
