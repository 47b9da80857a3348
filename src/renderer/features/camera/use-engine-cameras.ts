/** Cameras that the desktop app opens by itself. */
import { useEffect, useState } from 'react';
import type { LiveCamera } from '../../../shared/live.ts';
import { useApp } from '../../app/app-context.ts';

/** @returns null until it is known; none in a browser, whose page has its own camera */
export const useEngineCameras = (): readonly LiveCamera[] | null => {
  const { client, desktop } = useApp();
  const [cameras, setCameras] = useState<readonly LiveCamera[] | null>(desktop ? null : []);
  useEffect(() => {
    if (!desktop) return;
    // Without a list the page's own camera is used.
    client.call('live.cameras', {}).then(
      (found) => setCameras(found.cameras),
      () => setCameras([]),
    );
  }, [client, desktop]);
  return cameras;
};
