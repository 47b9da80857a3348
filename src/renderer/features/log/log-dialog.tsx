/** What the app said, and the text for a report. */
import { ClipboardCopy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { copyDiagnostics, copyText } from './copy-diagnostics.ts';
import styles from './log.module.css';
import { filterLines, type LogFilter } from './log-lines.ts';
import { logText as text } from './strings.ts';

const mostLines = 2000;

const filters = (['all', 'warning', 'error'] as const).map((value) => ({ value, label: text.levels[value] }));

export const LogDialog = () => {
  const app = useApp();
  const { client, store } = app;
  // Every message of the app is a notice first: when there is a new one, the log has grown.
  const newest = useAppState((s) => s.host?.notices.at(-1)?.id ?? 0);
  const [lines, setLines] = useState<readonly string[] | null>(null);
  const [filter, setFilter] = useState<LogFilter>('all');
  const [query, setQuery] = useState('');
  const [withPaths, setWithPaths] = useState(false);
  const list = useRef<HTMLOListElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new notice is the reason to read again
  useEffect(() => {
    let isGone = false;
    client.call('app.log', { lines: mostLines }).then(
      (answer) => !isGone && setLines(answer.lines),
      (error: unknown) => reportError(store, error),
    );
    return () => {
      isGone = true;
    };
  }, [client, store, newest]);

  const shown = filterLines(lines ?? [], filter, query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest line stays in view as lines come
  useEffect(() => {
    // Braces: scrollTo answers with a promise in newer browsers, and an effect must not.
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [shown.length]);

  return (
    <Dialog title={text.title} isWide onClose={() => store.setState({ dialog: null })}>
      <div className={styles.head}>
        <SearchField label={text.search} isFirst value={query} onChange={setQuery} />
        <Segments<LogFilter> label={text.level} choices={filters} value={filter} onChange={setFilter} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <ol ref={list} className={styles.lines} aria-label={text.lines} tabIndex={0}>
        {shown.map(({ index, time, level, text: said }) => (
          <li key={index} className={cx(styles.line, styles[level])}>
            <time className={styles.time} dateTime={time}>
              {time.slice(0, 19).replace('T', ' ')}
            </time>
            <span className={styles.level}>{level}</span>
            <span className={styles.text}>{said}</span>
          </li>
        ))}
        {shown.length === 0 && <li className={styles.none}>{lines ? text.none : text.loading}</li>}
      </ol>
      <p className={styles.about}>{text.about}</p>
      <div className={styles.foot}>
        <label className={styles.check}>
          <input type="checkbox" checked={withPaths} onChange={(event) => setWithPaths(event.target.checked)} /> {text.withPaths}
        </label>
        <Button
          disabled={shown.length === 0}
          onClick={() => void copyText(app, shown.map(({ time, level, text: said }) => `${time} ${level} ${said}`).join('\n'), text.copied)}
        >
          {text.copyLog}
        </Button>
        <Button variant="primary" onClick={() => void copyDiagnostics(app, withPaths)}>
          <ClipboardCopy size={14} /> {text.copy}
        </Button>
      </div>
    </Dialog>
  );
};
