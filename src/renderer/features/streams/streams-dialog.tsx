/** The streams: a wall of tiles, and the form of the one that is added or changed. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { StreamConfig } from '../../../shared/streams.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChapterList } from './chapter-list.tsx';
import { StreamForm } from './stream-form.tsx';
import { StreamTile } from './stream-tile.tsx';
import styles from './streams.module.css';
import { streamText as text } from './strings.ts';

type Side = { kind: 'add' } | { kind: 'edit'; before: { streamId: string; config: StreamConfig } } | { kind: 'chapters'; streamId: string };

const noStreams: never[] = [];

export const StreamsDialog = () => {
  const { client, store, attempt } = useApp();
  const streams = useAppState((s) => s.host?.streams ?? noStreams);
  const [side, setSide] = useState<Side | null>(null);
  const done = (): void => setSide(null);
  const edit = (streamId: string): void => {
    const asked = client.call('stream.list', {}).then((answer) => {
      const before = answer.streams.find((one) => one.streamId === streamId);
      if (before) setSide({ kind: 'edit', before });
    });
    void attempt(asked);
  };
  const chosen = side?.kind === 'chapters' ? streams.find(({ id }) => id === side.streamId) : undefined;
  return (
    <Dialog title={text.title} isSheet onClose={() => store.setState({ dialog: null })}>
      <div className={styles.sheet}>
        <p className={styles.dim}>{text.about}</p>
        {streams.length === 0 && side === null && <p>{text.none}</p>}
        <ul className={styles.wall} aria-label={text.wall}>
          {streams.map((stream) => (
            <StreamTile
              key={stream.id}
              stream={stream}
              onEdit={() => edit(stream.id)}
              onChapters={() => setSide({ kind: 'chapters', streamId: stream.id })}
            />
          ))}
        </ul>
        {side === null && (
          <Button data-autofocus onClick={() => setSide({ kind: 'add' })}>
            <Plus size={14} /> {text.add}
          </Button>
        )}
        {side?.kind === 'add' && <StreamForm before={null} onDone={done} />}
        {side?.kind === 'edit' && <StreamForm key={side.before.streamId} before={side.before} onDone={done} />}
        {chosen && <ChapterList key={chosen.id} stream={chosen} onDone={done} />}
      </div>
    </Dialog>
  );
};
