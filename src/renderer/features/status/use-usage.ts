/** What the app uses, asked every few seconds while the window is seen. */
import { useEffect, useState } from 'react';
import type { MethodOutput } from '../../../shared/contract.ts';
import { useApp, useAppState } from '../../app/app-context.ts';

const everyMs = 3000;

export const useUsage = (): MethodOutput<'app.usage'> | null => {
  const { client } = useApp();
  const isOpen = useAppState((s) => s.link === 'open');
  const [usage, setUsage] = useState<MethodOutput<'app.usage'> | null>(null);
  useEffect(() => {
    if (!isOpen) {
      setUsage(null);
      return;
    }
    let isGone = false;
    const ask = (): void => {
      if (document.hidden) return;
      client.call('app.usage', {}).then(
        (answer) => !isGone && setUsage(answer),
        () => !isGone && setUsage(null),
      );
    };
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [client, isOpen]);
  return usage;
};
