/** Model, provider, speed: what is at work. */
import { X } from 'lucide-react';
import type { Operation } from '../../../shared/contract/state.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { sessionsOf } from '../../state/sessions.ts';
import { runningOperation } from '../../state/window-state.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatDuration, formatSpeed } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { LiveStatus } from '../live/live-status.tsx';
import styles from './status.module.css';
import { statusText as text } from './strings.ts';
import { useUsage } from './use-usage.ts';

export const StatusBar = () => {
  const { run } = useApp();
  const model = useAppState((s) => s.host?.models.active ?? null);
  const isLoading = useAppState((s) => (s.host?.models.loading ?? null) !== null);
  const engine = useAppState((s) => s.host?.engine.state ?? 'starting');
  const link = useAppState((s) => s.link);
  const version = useAppState((s) => s.info?.appVersion ?? '');
  const rate = useAppState((s) => runningOperation(s, 'track')?.framesPerSecond ?? null);
  const isTracking = useAppState((s) => runningOperation(s, 'track') !== null);
  const state = link === 'open' ? engine : 'restarting';
  return (
    <footer className={styles.bottom}>
      <span className={styles.item}>
        <span className={cx(styles.dot, styles[state])} />
        {link !== 'open' ? text.notConnected : isTracking ? text.tracking : text.engine[engine]}
      </span>
      {(model || !isLoading) && (
        <button
          type="button"
          className={styles.model}
          title={model ? text.modelTitle(model.provider.toUpperCase(), model.providerReason) : text.chooseModel}
          onClick={() => run('model.choose')}
        >
          {model ? `${model.name} · ${model.imageSize} px · ${model.provider.toUpperCase()}` : text.noModel}
        </button>
      )}
      <LoadingModel />
      <RunningDownload />
      {rate !== null && <span className={styles.item}>{text.speed(formatSpeed(rate))}</span>}
      <LiveStatus />
      <Running />
      <Usage />
      <span className={styles.version}>{version}</span>
    </footer>
  );
};

/** The model that a fresh engine is given: without one there is nothing to do, so it has no end but its own. */
const LoadingModel = () => {
  const loading = useAppState((s) => (s.link === 'open' ? (s.host?.models.loading ?? null) : null));
  if (!loading) return null;
  return (
    <span className={styles.running}>
      <span className={styles.runningName}>{text.loading(loading.name)}</span>
      <Progress {...loading} label={text.progressOf(text.kinds.model)} />
    </span>
  );
};

/** A bar, and in numbers how far it is and how long still, as far as that is known. */
const Progress = ({ label, done, total, etaMs }: { label: string; done: number; total: number; etaMs: number | null }) => (
  <>
    <ProgressBar label={label} done={done} total={total} />
    {total > 0 && `${Math.floor((100 * done) / total)} %`}
    {etaMs !== null && <span>{text.left(formatDuration(etaMs))}</span>}
  </>
);

/** Memory in use, and how much the engine is behind. */
const Usage = () => {
  const usage = useUsage();
  if (!usage) return null;
  const { hostBytes, engineBytes, waiting } = usage;
  return (
    <span className={styles.usage}>
      <span title={text.waitingTitle}>{text.waiting(waiting)}</span>
      <span title={text.memoryTitle(formatBytes(hostBytes), engineBytes === null ? null : formatBytes(engineBytes))}>
        {text.memory(formatBytes(hostBytes + (engineBytes ?? 0)))}
      </span>
    </span>
  );
};

/** A download goes on when its dialog is closed; this is the way back to it. */
const RunningDownload = () => {
  const { run } = useApp();
  const entry = useAppState(
    (s) => s.host?.models.entries.find(({ task }) => task?.kind === 'download' && task.state === 'running') ?? null,
  );
  if (!entry?.task) return null;
  const { done, total } = entry.task;
  return (
    <button type="button" className={styles.model} title={text.showDownload} onClick={() => run('model.choose')}>
      {text.downloading(entry.name)}
      {total > 0 && ` · ${Math.floor((100 * done) / total)} %`}
    </button>
  );
};

const none: readonly Operation[] = [];

/** All long work that runs. */
const Running = () => {
  const operations = useAppState((s) => s.host?.operations ?? none);
  return operations
    .filter(({ state, kind }) => state === 'running' && kind !== 'live')
    .map((operation) => <RunningOperation key={operation.id} operation={operation} />);
};

const nameOf = ({ kind, title }: Operation): string => {
  if (kind === 'import') return text.fetching(title);
  if (kind === 'model') return text.loading(title);
  return kind === 'open' ? text.opening(title) : text.kinds[kind];
};

/** How far it is, how long still, and its end. */
const RunningOperation = ({ operation }: { operation: Operation }) => {
  const { client, attempt } = useApp();
  const { id, kind, sessionId, done, total, etaMs } = operation;
  // Of another tab it is said which.
  const elsewhere = useAppState((s) =>
    sessionId === s.activeId ? null : (sessionsOf(s).find((tab) => tab.id === sessionId)?.title ?? null),
  );
  return (
    <span className={styles.running}>
      <span className={styles.runningName}>{elsewhere === null ? nameOf(operation) : text.elsewhere(nameOf(operation), elsewhere)}</span>
      {(total > 0 || kind === 'model') && <Progress {...{ done, total, etaMs }} label={text.progressOf(text.kinds[kind])} />}
      {kind === 'import' && total === 0 && done > 0 && (
        <>
          <span>{formatDuration(done)}</span>
          <CommandButton command="import.finish" variant="ghost" size="small" className={styles.stopFetching} label={text.stopFetching}>
            {text.stopFetching}
          </CommandButton>
        </>
      )}
      <Button
        variant="ghost"
        size="small"
        isIcon
        className={styles.stop}
        label={text.stop(text.kinds[kind])}
        onClick={() => void attempt(client.call('operation.cancel', { operationId: id }))}
      >
        <X size={12} />
      </Button>
    </span>
  );
};
