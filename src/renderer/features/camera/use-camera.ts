/** The cameras there are, and the picture of the chosen one. */
import { useCallback, useEffect, useState } from 'react';
import { useApp } from '../../app/app-context.ts';
import { permissionSteps } from './permission-steps.ts';
import { cameraText as text } from './strings.ts';

export interface CameraState {
  cameras: readonly MediaDeviceInfo[];
  stream: MediaStream | null;
  problem: CameraProblem | null;
  /** Asks for the picture again. */
  retry: () => void;
}

/** What is wrong, and what helps step by step. */
interface CameraProblem {
  text: string;
  steps: readonly string[];
}

const problemOf = (error: unknown, isDesktop: boolean): CameraProblem => {
  const { name = '', message = '' } = error instanceof Error ? error : {};
  return {
    text: text.errors[name] ?? text.failed(message || name),
    steps: name === 'NotAllowedError' ? permissionSteps(navigator.userAgent, isDesktop) : [],
  };
};

/** @param deviceId null = the system's choice @param isWanted false: no camera is opened */
export const useCamera = (deviceId: string | null, isWanted: boolean): CameraState => {
  const { desktop } = useApp();
  const [cameras, setCameras] = useState<readonly MediaDeviceInfo[]>([]);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<CameraProblem | null>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt is the reason to ask again
  useEffect(() => {
    let isGone = false;
    let opened: MediaStream | null = null;
    setProblem(null);
    if (!isWanted) return;
    const open = async (): Promise<void> => {
      // Absent where the page is no secure context.
      const devices = navigator.mediaDevices as MediaDevices | undefined;
      if (!devices) return setProblem({ text: text.noCameras, steps: [] });
      try {
        const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
        opened = await devices.getUserMedia({ video: deviceId === null ? size : { ...size, deviceId: { exact: deviceId } }, audio: false });
        if (isGone) return end();
        setStream(opened);
        // Their names are told only once a camera was allowed.
        const all = await devices.enumerateDevices();
        if (!isGone) setCameras(all.filter(({ kind }) => kind === 'videoinput'));
      } catch (error) {
        if (!isGone) setProblem(problemOf(error, desktop !== null));
      }
    };
    const end = (): void => {
      for (const track of opened?.getTracks() ?? []) track.stop();
    };
    void open();
    return () => {
      isGone = true;
      end();
      setStream(null);
    };
  }, [deviceId, isWanted, attempt, desktop]);

  return { cameras, stream, problem, retry: useCallback(() => setAttempt((n) => n + 1), []) };
};
