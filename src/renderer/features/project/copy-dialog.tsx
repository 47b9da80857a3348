/** Copies the open project into a folder that opens anywhere. */
import { useState } from 'react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { runningOperation } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/form-error.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import styles from './copy-dialog.module.css';
import { copyText as text } from './strings.ts';

export const CopyDialog = () => {
  const { store } = useApp();
  const [operationId, setOperationId] = useState<string | null>(() => runningOperation(store.getState(), 'copy')?.id ?? null);
  const close = (): void => store.setState({ dialog: null });
  return (
    <Dialog title={text.title} onClose={close}>
      {operationId === null ? <CopyForm onStarted={setOperationId} /> : <CopyProgress id={operationId} />}
    </Dialog>
  );
};

const CopyForm = ({ onStarted }: { onStarted: (operationId: string) => void }) => {
  const { callSession, desktop, store } = useApp();
  const project = useAppState((s) => s.session?.project?.path ?? '');
  const [directory, setDirectory] = useState('');
  const [withClip, setWithClip] = useState(true);
  const { error, onSubmit } = useSubmit(async () =>
    onStarted((await callSession('project.export', { directory: directory.trim(), withClip })).operationId),
  );
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <p className={styles.about}>{text.about(project)}</p>
      <label className={styles.field}>
        {text.into}
        <input
          type="text"
          className={styles.input}
          value={directory}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setDirectory(event.target.value)}
        />
      </label>
      <label className={styles.check}>
        <input type="checkbox" checked={withClip} onChange={(event) => setWithClip(event.target.checked)} /> {text.withClip}
      </label>
      {!withClip && <p className={styles.about}>{text.withoutClip}</p>}
      <FormError text={error} className={styles.error} />
      <div className={styles.actions}>
        {desktop && (
          <Button onClick={() => void desktop.chooseFolder().then((chosen) => chosen !== null && setDirectory(chosen))}>
            {text.choose}
          </Button>
        )}
        <Button variant="ghost" onClick={() => store.setState({ dialog: null })}>
          {text.cancel}
        </Button>
        <Button type="submit" variant="primary" disabled={directory.trim() === ''}>
          {text.start}
        </Button>
      </div>
    </form>
  );
};

const CopyProgress = ({ id }: { id: string }) => {
  const { client, desktop, store, attempt } = useApp();
  const operation = useAppState((s) => s.host?.operations.find((each) => each.id === id) ?? null);
  if (!operation) return null;
  const { state, done, total, etaMs, error, outputs } = operation;
  const path = outputs[0]?.path;
  return (
    <div className={styles.form}>
      {state === 'running' && (
        <>
          <ProgressBar label={text.progress} done={done} total={total} />
          <p className={styles.about}>
            {text.bytes(formatBytes(done), formatBytes(total))} {etaMs !== null && text.left(formatDuration(etaMs))}
          </p>
        </>
      )}
      <p role="status">{state === 'done' && path ? text.done(path) : state === 'cancelled' ? text.cancelled : ''}</p>
      {error && (
        <p className={styles.error} role="alert">
          {error.message}
        </p>
      )}
      <div className={styles.actions}>
        {state === 'running' ? (
          <Button variant="danger" onClick={() => void attempt(client.call('operation.cancel', { operationId: id }))}>
            {text.cancel}
          </Button>
        ) : (
          <>
            {desktop && path && <Button onClick={() => void desktop.reveal(path)}>{text.reveal}</Button>}
            <Button variant="primary" onClick={() => store.setState({ dialog: null })}>
              {text.close}
            </Button>
          </>
        )}
      </div>
    </div>
  );
};
