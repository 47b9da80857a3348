/** How a download, an import or a check goes, and how it ended. */
import { CircleAlert, Square } from 'lucide-react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { ModelEntry, ModelTask } from '../../../shared/models.ts';
import { useApp } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './models.module.css';

const phases: Record<ModelTask['phase'], string> = {
  connecting: 'Connecting',
  transferring: '',
  waiting: 'The connection broke. Trying again in a moment',
  checking: 'Checking',
  binding: 'Preparing',
};

const kinds: Record<ModelTask['kind'], string> = { download: 'Download', import: 'Import', verify: 'Verification' };

const amountOf = ({ done, total }: ModelTask): string => (total > 0 ? `${formatBytes(done)} of ${formatBytes(total)}` : formatBytes(done));

export const TaskLine = ({ entry, task }: { entry: ModelEntry; task: ModelTask }) => {
  if (task.state === 'running') return <RunningTask entry={entry} task={task} />;
  if (task.state === 'failed') {
    return (
      <p className={styles.failed} role="alert">
        <CircleAlert size={14} className={styles.icon} aria-hidden="true" />
        <span>{task.error?.message ?? `${kinds[task.kind]} failed.`}</span>
      </p>
    );
  }
  const text =
    task.state === 'cancelled'
      ? `${kinds[task.kind]} cancelled.${task.kind === 'download' ? ' What came so far is kept.' : ''}`
      : task.message;
  return (
    <p className={styles.ended} role="status">
      {text}
    </p>
  );
};

const RunningTask = ({ entry: { id, name }, task }: { entry: ModelEntry; task: ModelTask }) => {
  const { client, store } = useApp();
  const isMoving = task.phase === 'transferring' || task.phase === 'waiting' || (task.kind === 'verify' && task.phase === 'checking');
  return (
    <div className={styles.running}>
      <div className={styles.bar}>
        <ProgressBar label={`${kinds[task.kind]} of ${name}`} done={task.done} total={isMoving ? task.total : 0} />
        <p className={styles.numbers}>
          <span>{[phases[task.phase], task.done > 0 ? amountOf(task) : ''].filter(Boolean).join(' · ')}</span>
          {task.bytesPerSecond !== null && isMoving && (
            <span>
              {formatBytes(task.bytesPerSecond)}/s{task.etaMs !== null && ` · ${formatDuration(task.etaMs)} left`}
            </span>
          )}
        </p>
      </div>
      <Button
        variant="danger"
        size="small"
        aria-label={`Cancel ${kinds[task.kind].toLowerCase()} of ${name}`}
        onClick={() => void client.call('model.cancelDownload', { id }).catch((error: unknown) => reportError(store, error))}
      >
        <Square size={10} fill="currentColor" /> Cancel
      </Button>
    </div>
  );
};
