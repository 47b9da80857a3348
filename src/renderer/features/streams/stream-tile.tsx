/** One stream on the wall: its picture, how it is doing, and what can be done with it. */
import { Eye, Film, Pause, Pencil, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { StreamState } from '../../../shared/streams.ts';
import { useApp } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatSpeed } from '../../ui/format.ts';
import styles from './streams.module.css';
import { streamText as text } from './strings.ts';
import { useTilePicture } from './use-tile-picture.ts';

interface TileProps {
  stream: StreamState;
  onEdit: () => void;
  onChapters: () => void;
}

export const StreamTile = ({ stream, onEdit, onChapters }: TileProps) => {
  const { client, store, tabs, attempt } = useApp();
  const { id, name, title, phase, sessionId, frame, isViewed } = stream;
  const [isRemoving, setIsRemoving] = useState(false);
  const canvas = useTilePicture(sessionId, frame);
  const streamId = id;
  const view = (): void => {
    const shown = client.call('stream.view', { streamId }).then((answer) => {
      tabs.opened(answer);
      store.setState({ dialog: null });
    });
    void attempt(shown);
  };
  const remove = (keepsRecordings: boolean): void => void attempt(client.call('stream.remove', { streamId, keepsRecordings }));
  return (
    <li className={styles.tile} aria-label={name}>
      <div className={styles.picture}>
        <canvas ref={canvas} className={cx(styles.canvas, phase !== 'active' && styles.old)} role="img" aria-label={text.picture(name)} />
        {(sessionId === null || frame === null) && <span className={styles.noPicture}>{text.noPicture}</span>}
        <span className={cx(styles.phase, styles[phase])} role="status">
          {text.phases[phase]}
        </span>
      </div>
      <div className={styles.head}>
        <strong className={styles.name}>{name}</strong>
        <span className={styles.address} title={title}>
          {title}
        </span>
      </div>
      <Facts stream={stream} />
      {isRemoving ? (
        <div className={styles.buttons}>
          <span>{text.removeAsk(name)}</span>
          <Button size="small" variant="danger" onClick={() => remove(false)}>
            {text.removeAll}
          </Button>
          <Button size="small" onClick={() => remove(true)}>
            {text.removeKeeping}
          </Button>
          <Button size="small" variant="ghost" onClick={() => setIsRemoving(false)}>
            {text.keep}
          </Button>
        </div>
      ) : (
        <div className={styles.buttons}>
          <Button size="small" label={text.of(text.view, name)} disabled={sessionId === null} aria-pressed={isViewed} onClick={view}>
            <Eye size={13} /> {text.view}
          </Button>
          {phase === 'paused' ? (
            <Button
              size="small"
              label={text.of(text.resume, name)}
              onClick={() => void attempt(client.call('stream.resume', { streamId }))}
            >
              <Play size={13} /> {text.resume}
            </Button>
          ) : (
            <Button size="small" label={text.of(text.pause, name)} onClick={() => void attempt(client.call('stream.pause', { streamId }))}>
              <Pause size={13} /> {text.pause}
            </Button>
          )}
          <Button size="small" isIcon label={text.of(text.chapters, name)} onClick={onChapters}>
            <Film size={13} />
          </Button>
          <Button size="small" isIcon label={text.of(text.edit, name)} onClick={onEdit}>
            <Pencil size={13} />
          </Button>
          <Button size="small" isIcon label={text.of(text.remove, name)} onClick={() => setIsRemoving(true)}>
            <Trash2 size={13} />
          </Button>
        </div>
      )}
    </li>
  );
};

const Facts = ({ stream }: { stream: StreamState }) => {
  const { objects, fps, targetFps, latencyMs, dropped, faults, lastFault, staleMs, governed } = stream;
  const facts = [
    text.objects(objects),
    ...(fps === null ? [] : [text.rate(formatSpeed(fps), targetFps)]),
    ...(latencyMs === null ? [] : [text.latency(Math.round(latencyMs))]),
    text.dropped(dropped),
    text.faults(faults),
  ];
  return (
    <div className={styles.facts}>
      <span>{facts.join(' · ')}</span>
      {staleMs !== null && <span className={styles.warned}>{text.stale(Math.round(staleMs / 1000))}</span>}
      {governed !== null && <span className={styles.warned}>{governed}</span>}
      {lastFault !== null && <span className={styles.dim}>{text.fault(lastFault.message)}</span>}
    </div>
  );
};
