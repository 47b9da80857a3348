/** The closed chapters of a stream; each opens as a clip with its project. */
import { useEffect, useState } from 'react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { Chapter, StreamState } from '../../../shared/streams.ts';
import { useApp } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { Button } from '../../ui/button.tsx';
import styles from './streams.module.css';
import { streamText as text } from './strings.ts';

export const ChapterList = ({ stream, onDone }: { stream: StreamState; onDone: () => void }) => {
  const { client, store, tabs, attempt } = useApp();
  const [chapters, setChapters] = useState<readonly Chapter[] | null>(null);
  const { id: streamId, chapter } = stream;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chapter means that another one was closed
  useEffect(() => {
    client.call('stream.chapters', { streamId }).then(
      (answer) => setChapters(answer.chapters),
      (error: unknown) => reportError(store, error),
    );
  }, [client, store, streamId, chapter]);
  const open = (chapterId: string): void => {
    const opened = client.call('stream.openChapter', { streamId, chapterId }).then((answer) => {
      tabs.opened(answer);
      store.setState({ dialog: null });
    });
    void attempt(opened);
  };
  return (
    <section className={styles.form} aria-label={text.chapterList(stream.name)}>
      <h3 className={styles.name}>{text.chapterList(stream.name)}</h3>
      {chapters?.length === 0 && <p className={styles.dim}>{text.noChapters}</p>}
      <ul className={styles.chapters}>
        {chapters?.toReversed().map(({ id, number, beganAtMs, objects, bytes }) => (
          <li key={id}>
            <span>{text.chapter(number, beganAtMs, objects, formatBytes(bytes))}</span>
            <Button size="small" label={text.openChapter(number)} onClick={() => open(id)}>
              {text.open}
            </Button>
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        <Button onClick={onDone}>{text.form.cancel}</Button>
      </div>
    </section>
  );
};
