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
import { modelText } from './strings.ts';

const text = modelText.task;

const amountOf = ({ done, total }: ModelTask): string => text.amount(formatBytes(done), total > 0 ? formatBytes(total) : null);

export const TaskLine = ({ entry, task }: { entry: ModelEntry; task: ModelTask }) => {
  if (task.state === 'running') return <RunningTask entry={entry} task={task} />;
  if (task.state === 'failed') {
    return (
      <p className={styles.failed} role="alert">
        <CircleAlert size={14} className={styles.icon} aria-hidden="true" />
        <span>{task.error?.message ?? text.failed(task.kind)}</span>
      </p>
    );
  }
  return (
    <p className={styles.ended} role="status">
      {task.state === 'cancelled' ? text.cancelled(task.kind) : task.message}
    </p>
  );
};

const RunningTask = ({ entry: { id, name }, task }: { entry: ModelEntry; task: ModelTask }) => {
  const { client, store } = useApp();
  const isMoving = task.phase === 'transferring' || task.phase === 'waiting' || (task.kind === 'verify' && task.phase === 'checking');
  return (
    <div className={styles.running}>
      <div className={styles.bar}>
        <ProgressBar label={text.bar(task.kind, name)} done={task.done} total={isMoving ? task.total : 0} />
        <p className={styles.numbers}>
          <span>{[text.phases[task.phase], task.done > 0 ? amountOf(task) : ''].filter(Boolean).join(' · ')}</span>
          {task.bytesPerSecond !== null && isMoving && (
            <span>{text.speed(formatBytes(task.bytesPerSecond), task.etaMs === null ? null : formatDuration(task.etaMs))}</span>
          )}
        </p>
      </div>
      <Button
        variant="danger"
        size="small"
        aria-label={text.cancelName(task.kind, name)}
        onClick={() => void client.call('model.cancelDownload', { id }).catch((error: unknown) => reportError(store, error))}
      >
        <Square size={10} fill="currentColor" /> {text.cancel}
      </Button>
    </div>
  );
};
