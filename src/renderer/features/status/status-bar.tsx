/** Model, provider, speed: what is at work. */
import { useApp, useAppState } from '../../app/app-context.ts';
import { runningOperation } from '../../state/window-state.ts';
import { cx } from '../../ui/cx.ts';
import { formatSpeed } from '../../ui/format.ts';
import styles from './status.module.css';

const engineTexts = { starting: 'Engine starting', ready: 'Ready', restarting: 'Engine restarting', failed: 'Engine failed' } as const;

export const StatusBar = () => {
  const { run } = useApp();
  const model = useAppState((s) => s.host?.models.active ?? null);
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
        {link !== 'open' ? 'Not connected' : isTracking ? 'Tracking' : engineTexts[engine]}
      </span>
      <button
        type="button"
        className={styles.model}
        title={model ? `${model.provider.toUpperCase()}: ${model.providerReason}. Click for other models.` : 'Choose a model'}
        onClick={() => run('model.choose')}
      >
        {model ? `${model.name} · ${model.imageSize} px · ${model.provider.toUpperCase()}` : 'No model'}
      </button>
      <RunningDownload />
      {rate !== null && <span className={styles.item}>{formatSpeed(rate)} frames/s</span>}
      <span className={styles.version}>{version}</span>
    </footer>
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
    <button type="button" className={styles.model} title="Show the download" onClick={() => run('model.choose')}>
      Downloading {entry.name}
      {total > 0 && ` · ${Math.floor((100 * done) / total)} %`}
    </button>
  );
};
