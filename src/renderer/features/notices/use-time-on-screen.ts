/** Calls back when a message has been on screen for its time; while nobody sees the window, time stands still. */
import { useEffect } from 'react';

/** @param isHeld the user is at one of its buttons: it begins anew when they leave */
export const useTimeOnScreen = (ms: number, isHeld: boolean, onOver: () => void): void => {
  useEffect(() => {
    if (isHeld) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onVisibility = (): void => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') timer = setTimeout(onOver, ms);
    };
    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [ms, isHeld, onOver]);
};
