/** Chooses a camera, shows its picture, records it, and opens the recording. */
import { Circle, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useApp } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDuration } from '../../ui/format.ts';
import styles from './camera.module.css';
import { Recording } from './recording.ts';
import { cameraText as text } from './strings.ts';
import { useCamera } from './use-camera.ts';

export const CameraDialog = () => {
  const { client, store, attempt } = useApp();
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const { cameras, stream, problem, retry } = useCamera(deviceId);
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
  const start = (): void => {
    if (!stream) return;
    setError(null);
    Recording.start(client, stream, `camera ${new Date().toISOString().slice(0, 19).replaceAll(':', '.')}.webm`, fail).then(
      setRecording,
      fail,
    );
  };
  const finish = (): void => {
    if (isOpening) return;
    setIsOpening(true);
    recording?.finish().then(() => store.setState({ dialog: null }), fail);
  };
  const close = (): void => {
    if (recording) void attempt(recording.cancel());
    store.setState({ dialog: null });
  };
  /** Esc ends a recording as Stop does; only the button that says so throws it away. */
  const leave = (): void => (recording ? finish() : close());
  const help = error ?? problem;
  return (
    <Dialog title={text.title} isWide onClose={leave}>
      <div className={styles.sheet}>
        <p className={styles.about}>{text.about}</p>
        <div className={styles.stage}>
          <video ref={video} className={styles.video} aria-label={text.preview} autoPlay muted playsInline />
          {!stream && !problem && <p className={styles.note}>{text.starting}</p>}
        </div>
        {help !== null && (
          <p className={styles.error} role="alert">
            {help}
          </p>
        )}
        <div className={styles.actions}>
          {cameras.length > 0 && (
            <label className={styles.choice}>
              {text.camera}
              <select
                className={styles.select}
                disabled={recording !== null}
                value={deviceId ?? stream?.getVideoTracks()[0]?.getSettings().deviceId ?? ''}
                onChange={(event) => setDeviceId(event.target.value)}
              >
                {cameras.map((camera, index) => (
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
            <Button variant="primary" disabled={!stream} onClick={start}>
              <Circle size={12} fill="currentColor" /> {text.record}
            </Button>
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
