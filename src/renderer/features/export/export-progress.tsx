/** How an export goes, and what was written. */
import { Check, ExternalLink, FolderOpen, Square } from 'lucide-react';
import type { Operation } from '../../../shared/contract/state.ts';
import { useApp } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './export-dialog.module.css';
import { exportText as text } from './strings.ts';

export const ExportProgress = ({ operation, onAgain }: { operation: Operation | null; onAgain: () => void }) => {
  const { client, store, desktop } = useApp();
  const state = operation?.state ?? 'running';
  const first = operation?.outputs[0];
  return (
    <div className={styles.form}>
      <p className={styles.status} role="status">
        {state === 'done' && (
          <>
            <Check size={16} className={styles.good} /> {text.finished}
          </>
        )}
        {state === 'running' && text.writing}
        {state === 'cancelled' && text.cancelled}
        {state === 'failed' && <span className={styles.bad}>{operation?.error?.message ?? text.failed}</span>}
      </p>
      {state === 'running' && (
        <>
          <ProgressBar label={text.progress} done={operation?.done ?? 0} total={operation?.total ?? 0} />
          <p className={styles.numbers}>
            <span>{operation && operation.total > 0 ? text.percent(operation.done / operation.total) : text.starting}</span>
            {operation?.etaMs != null && <span>{text.left(formatDuration(operation.etaMs))}</span>}
          </p>
        </>
      )}
      {operation && operation.outputs.length > 0 && <Outputs outputs={operation.outputs} />}
      <div className={styles.actions}>
        {state === 'running' ? (
          <>
            <Button
              variant="danger"
              disabled={!operation}
              onClick={() =>
                operation &&
                void client.call('operation.cancel', { operationId: operation.id }).catch((error: unknown) => reportError(store, error))
              }
            >
              <Square size={11} fill="currentColor" /> {text.cancelExport}
            </Button>
            <Button onClick={() => store.setState({ dialog: null })}>{text.keepWorking}</Button>
          </>
        ) : (
          <>
            {desktop && first && (
              <Button className={styles.aside} onClick={() => void desktop.reveal(first.path)}>
                <FolderOpen size={14} /> {text.showFolder}
              </Button>
            )}
            <Button variant="ghost" onClick={onAgain}>
              {state === 'failed' ? text.back : text.again}
            </Button>
            <Button variant="primary" onClick={() => store.setState({ dialog: null })}>
              {state === 'done' ? text.done : text.close}
            </Button>
          </>
        )}
      </div>
    </div>
  );
};

const Outputs = ({ outputs }: { outputs: Operation['outputs'] }) => {
  const { desktop, fileUrl } = useApp();
  return (
    <ul className={styles.outputs} aria-label={text.written}>
      {outputs.map(({ name, path, url, note }) => (
        <li key={path} className={styles.output}>
          <span className={styles.outputText}>
            <span className={styles.kindName}>{name}</span>
            <span className={styles.path} title={path}>
              {path}
            </span>
            {note !== undefined && <span className={styles.path}>{note}</span>}
          </span>
          {desktop ? (
            <Button size="small" onClick={() => void desktop.reveal(path)}>
              <FolderOpen size={13} /> {text.show}
            </Button>
          ) : (
            url !== null &&
            /\.\w+$/.test(name) && (
              <a
                className={buttonClass({ size: 'small' })}
                href={fileUrl(url)}
                target="_blank"
                rel="noreferrer"
                aria-label={text.openFile(name)}
              >
                <ExternalLink size={13} /> {text.open}
              </a>
            )
          )}
        </li>
      ))}
    </ul>
  );
};
