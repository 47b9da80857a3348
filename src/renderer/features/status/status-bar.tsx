/** Model, provider, speed: what is at work. */
import { useAppState } from '../../app/app-context.ts';
import { runningOperation } from '../../state/window-state.ts';
import { cx } from '../../ui/cx.ts';
import { formatSpeed } from '../../ui/format.ts';
import styles from './status.module.css';

const engineTexts = { starting: 'Engine starting', ready: 'Ready', restarting: 'Engine restarting', failed: 'Engine failed' } as const;

export const StatusBar = () => {
  const model = useAppState((s) => s.host?.session?.model ?? null);
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
      {model && (
        <span className={styles.item} title={model.providerReason}>
          {model.name} · {model.imageSize} px · {model.provider.toUpperCase()}
        </span>
      )}
      {rate !== null && <span className={styles.item}>{formatSpeed(rate)} frames/s</span>}
      <span className={styles.version}>{version}</span>
    </footer>
  );
};
