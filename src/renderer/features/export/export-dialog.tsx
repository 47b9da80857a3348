/** What to write and where; then how it goes; then what was written. */
import { Check, ExternalLink, FolderOpen, Square } from 'lucide-react';
import { useState } from 'react';
import type { Operation } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { objectsOf, trackedFrames } from '../../state/window-state.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDuration, plural } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './export-dialog.module.css';

export const ExportDialog = () => {
  const { store } = useApp();
  const [operationId, setOperationId] = useState<string | null>(() => runningExport(store.getState().host?.operations)?.id ?? null);
  const operation = useAppState((s) => s.host?.operations.find(({ id }) => id === operationId) ?? null);
  return (
    <Dialog title="Export" onClose={() => store.setState({ dialog: null })}>
      {operationId === null ? (
        <ExportForm onStarted={setOperationId} />
      ) : (
        <ExportProgress operation={operation} onAgain={() => setOperationId(null)} />
      )}
    </Dialog>
  );
};

const runningExport = (operations: readonly Operation[] | undefined): Operation | undefined =>
  operations?.find((operation) => operation.kind === 'export' && operation.state === 'running');

const kinds = [
  {
    key: 'video',
    name: 'Annotated video',
    file: 'annotated.mp4',
    about: "The clip with masks and outlines drawn in; the source's frame times and sound are kept.",
  },
  { key: 'masks', name: 'Mask images', file: 'masks/*.png', about: 'One palette PNG a frame, in the DAVIS layout.' },
  { key: 'json', name: 'Results', file: 'results.json', about: 'Per frame and object: compressed mask, box, score and time.' },
] as const;

const ExportForm = ({ onStarted }: { onStarted: (operationId: string) => void }) => {
  const { client, store, desktop } = useApp();
  const objects = useAppState(objectsOf);
  const frameCount = useAppState((s) => s.host?.session?.media.frameCount ?? 0);
  const [chosen, setChosen] = useState({ video: true, masks: true, json: true });
  const [directory, setDirectory] = useState('');
  const [isStarting, setIsStarting] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const withMasks = objects.filter((object) => object.results.length > 0);
  const frames = Math.max(0, ...withMasks.map(trackedFrames));
  const start = async (): Promise<void> => {
    setIsStarting(true);
    setError(null);
    try {
      const { operationId } = await client.call('export.start', {
        ...chosen,
        ...(directory.trim() !== '' && { directory: directory.trim() }),
      });
      onStarted(operationId);
    } catch (failure) {
      setError(AppError.from(failure).message);
      setIsStarting(false);
    }
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <p className={styles.about}>
        {withMasks.length === 0
          ? 'Nothing is tracked yet: the video will be written without masks.'
          : `${plural(withMasks.length, 'object')}, up to ${frames.toLocaleString('en')} of ${frameCount.toLocaleString('en')} frames tracked.`}
      </p>
      <fieldset className={styles.kinds}>
        <legend className={styles.legend}>What to write</legend>
        {kinds.map(({ key, name, file, about }) => (
          <label key={key} className={styles.kind}>
            <input
              type="checkbox"
              className={styles.check}
              checked={chosen[key]}
              onChange={(event) => setChosen({ ...chosen, [key]: event.target.checked })}
            />
            <span>
              <span className={styles.kindName}>{name}</span> <code className={styles.file}>{file}</code>
              <span className={styles.kindAbout}>{about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label className={styles.field}>
        <span className={styles.legend}>Folder</span>
        <span className={styles.folder}>
          <input
            type="text"
            className={styles.input}
            value={directory}
            placeholder="A new folder, named after the clip and the time"
            onChange={(event) => setDirectory(event.target.value)}
          />
          {desktop && (
            <Button onClick={() => void desktop.chooseFolder().then((path) => path !== null && setDirectory(path))}>
              <FolderOpen size={14} /> Choose…
            </Button>
          )}
        </span>
      </label>
      {error !== null && (
        <p className={styles.bad} role="alert">
          {error}
        </p>
      )}
      <div className={styles.actions}>
        <Button variant="ghost" onClick={() => store.setState({ dialog: null })}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" data-autofocus disabled={isStarting || !(chosen.video || chosen.masks || chosen.json)}>
          Start export
        </Button>
      </div>
    </form>
  );
};

const ExportProgress = ({ operation, onAgain }: { operation: Operation | null; onAgain: () => void }) => {
  const { client, store } = useApp();
  const state = operation?.state ?? 'running';
  return (
    <div className={styles.form}>
      <p className={styles.status} role="status">
        {state === 'done' && (
          <>
            <Check size={16} className={styles.good} /> Export finished
          </>
        )}
        {state === 'running' && 'Writing…'}
        {state === 'cancelled' && 'Export cancelled. Files that were whole are kept; no half file is left.'}
        {state === 'failed' && <span className={styles.bad}>{operation?.error?.message ?? 'The export failed.'}</span>}
      </p>
      {state === 'running' && (
        <>
          <ProgressBar label="Export progress" done={operation?.done ?? 0} total={operation?.total ?? 0} />
          <p className={styles.numbers}>
            <span>
              {operation && operation.total > 0
                ? `${operation.done.toLocaleString('en')} / ${operation.total.toLocaleString('en')} frames`
                : 'Starting'}
            </span>
            {operation?.etaMs != null && <span>{formatDuration(operation.etaMs)} left</span>}
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
              <Square size={11} fill="currentColor" /> Cancel export
            </Button>
            <Button onClick={() => store.setState({ dialog: null })}>Keep working</Button>
          </>
        ) : (
          <>
            <Button variant="ghost" onClick={onAgain}>
              Export again
            </Button>
            <Button variant="primary" onClick={() => store.setState({ dialog: null })}>
              Done
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
    <ul className={styles.outputs} aria-label="Written files">
      {outputs.map(({ name, path, url }) => (
        <li key={path} className={styles.output}>
          <span className={styles.outputText}>
            <span className={styles.kindName}>{name}</span>
            <span className={styles.path}>{path}</span>
          </span>
          {desktop ? (
            <Button size="small" onClick={() => void desktop.reveal(path)}>
              <FolderOpen size={13} /> Show
            </Button>
          ) : (
            url !== null &&
            /\.\w+$/.test(name) && (
              <a
                className={buttonClass({ size: 'small' })}
                href={fileUrl(url)}
                target="_blank"
                rel="noreferrer"
                aria-label={`Open ${name}`}
              >
                <ExternalLink size={13} /> Open
              </a>
            )
          )}
        </li>
      ))}
    </ul>
  );
};
