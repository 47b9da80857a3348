/**
 * Chooses a camera, and tracks it live or records it. In a browser it is the page's camera, with its picture; the
 * desktop app opens the cameras of the machine itself, where it can list them.
 */
import { Circle, Radio, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useApp } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDuration } from '../../ui/format.ts';
import styles from './camera.module.css';
import { startLiveCamera } from './live-camera.ts';
import { Recording } from './recording.ts';
import { cameraText as text } from './strings.ts';
import { useCamera } from './use-camera.ts';
import { useEngineCameras } from './use-engine-cameras.ts';

export const CameraDialog = () => {
  const { client, store, tabs, attempt } = useApp();
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const ofEngine = useEngineCameras();
  const engineCamera = ofEngine?.find((camera) => camera.deviceId === deviceId) ?? ofEngine?.[0] ?? null;
  // Two programs can rarely have one camera: the page leaves it to the engine.
  const { cameras, stream, problem, retry } = useCamera(deviceId, ofEngine !== null && engineCamera === null);
  const choices = engineCamera ? ofEngine!.map(({ deviceId: id, name }) => ({ deviceId: id, label: name })) : cameras;
  const [recording, setRecording] = useState<Recording | null>(null);
  const [isOpening, setIsOpening] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const seconds = useSeconds(recording !== null);
  const video = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);

  const fail = (failure: unknown): void => {
    setRecording(null);
    setIsOpening(false);
    setError(AppError.from(failure).message);
  };
  const show = ({ sessionId }: { sessionId: string | null }): void => {
    store.setState({ dialog: null });
    tabs.opened({ sessionId });
  };
  const newName = (): string => `camera ${new Date().toISOString().slice(0, 19).replaceAll(':', '.')}`;
  const start = (): void => {
    if (!stream) return;
    setError(null);
    Recording.start(client, stream, `${newName()}.webm`, fail).then(setRecording, fail);
  };
  const trackLive = (): void => {
    setError(null);
    setIsOpening(true);
    const begun = engineCamera
      ? client.call('live.start', { source: { kind: 'camera', deviceId: engineCamera.deviceId } })
      : stream && startLiveCamera(client, store, stream, newName());
    if (begun) begun.then(show, fail);
  };
  const finish = (): void => {
    if (isOpening) return;
    setIsOpening(true);
    recording?.finish().then(show, fail);
  };
  const close = (): void => {
    if (recording) void attempt(recording.cancel());
    store.setState({ dialog: null });
  };
  /** Esc ends a recording as Stop does; only the button that says so throws it away. */
  const leave = (): void => (recording ? finish() : close());
  const help = error === null ? problem : { text: error, steps: [] };
  return (
    <Dialog title={text.title} isWide onClose={leave}>
      <div className={styles.sheet}>
        <p className={styles.about}>{text.about}</p>
        <div className={styles.stage}>
          <video ref={video} className={styles.video} aria-label={text.preview} autoPlay muted playsInline />
          {engineCamera ? (
            <p className={styles.note}>{text.noPreview}</p>
          ) : (
            !stream && !problem && <p className={styles.note}>{text.starting}</p>
          )}
        </div>
        {help !== null && (
          <div className={styles.error} role="alert">
            <p>{help.text}</p>
            {help.steps.length > 0 && (
              <ol className={styles.steps}>
                {help.steps.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            )}
          </div>
        )}
        <div className={styles.actions}>
          {choices.length > 0 && (
            <label className={styles.choice}>
              {text.camera}
              <select
                className={styles.select}
                disabled={recording !== null}
                value={engineCamera?.deviceId ?? deviceId ?? stream?.getVideoTracks()[0]?.getSettings().deviceId ?? ''}
                onChange={(event) => setDeviceId(event.target.value)}
              >
                {choices.map((camera, index) => (
                  <option key={camera.deviceId} value={camera.deviceId}>
                    {camera.label || text.unnamed(index + 1)}
                  </option>
                ))}
              </select>
            </label>
          )}
          <p className={styles.time} role="status">
            {isOpening ? text.opening : recording && text.recording(formatDuration(seconds * 1000))}
          </p>
          {problem !== null && <Button onClick={retry}>{text.again}</Button>}
          <Button variant="ghost" onClick={close}>
            {recording ? text.discard : text.cancel}
          </Button>
          {recording ? (
            <Button variant="primary" disabled={isOpening} onClick={finish}>
              <Square size={12} fill="currentColor" /> {text.stop}
            </Button>
          ) : (
            <>
              {!engineCamera && (
                <Button disabled={!stream || isOpening} onClick={start}>
                  <Circle size={12} fill="currentColor" /> {text.record}
                </Button>
              )}
              <Button variant="primary" disabled={(!stream && !engineCamera) || isOpening} onClick={trackLive}>
                <Radio size={14} /> {text.trackLive}
              </Button>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
};

/** Whole seconds since it began to run. */
const useSeconds = (isRunning: boolean): number => {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    setSeconds(0);
    const timer = setInterval(() => setSeconds((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return seconds;
};
