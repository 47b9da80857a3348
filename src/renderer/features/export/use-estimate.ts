/** How large the export will be and where it goes, asked for again when the choice has rested for a moment. */
import { useEffect, useState } from 'react';
import type { MethodInput } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ExportEstimate } from '../../../shared/export-choice.ts';
import { useApp } from '../../app/app-context.ts';

const restMs = 150;

export type Estimated = { estimate: ExportEstimate } | { problem: string } | null;

/** @param choice null while it is not complete; what was known stays until there is something new */
export const useEstimate = (choice: MethodInput<'export.start'> | null): Estimated => {
  const { client } = useApp();
  const [estimated, setEstimated] = useState<Estimated>(null);
  const key = choice && JSON.stringify(choice);
  useEffect(() => {
    if (key === null) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      client.call('export.estimate', JSON.parse(key) as MethodInput<'export.start'>).then(
        (estimate) => isWanted && setEstimated({ estimate }),
        (error: unknown) => isWanted && setEstimated({ problem: AppError.from(error).message }),
      );
    }, restMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, key]);
  return estimated;
};
