/** One model: what it is, whether it is here, and what can be done about it. */
import { Check, Download, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { ModelEntry } from '../../../shared/models.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { runningOperation } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { TaskLine } from './model-task.tsx';
import styles from './models.module.css';

const states = { bundled: 'Comes with the app', installed: 'Installed', partial: 'Partly downloaded', missing: 'Not installed' } as const;

const sizeOf = ({ weights, installed }: ModelEntry): string | null => {
  const bytes = installed?.bytes ?? weights?.bytes ?? null;
  return bytes === null ? null : formatBytes(bytes);
};

export const ModelRow = ({ entry }: { entry: ModelEntry }) => {
  const { name, state, speed, licence, installed, task } = entry;
  const isHere = state === 'bundled' || state === 'installed';
  const isActive = useAppState((s) => s.host?.models.active?.id === entry.id);
  const size = sizeOf(entry);
  return (
    <li className={cx(styles.row, isActive && styles.rowActive)} aria-label={name}>
      <div className={styles.head}>
        <span className={styles.name}>{name}</span>
        <span className={cx(styles.state, isHere && styles.here)}>
          {isHere && <Check size={12} aria-hidden="true" />} {states[state]}
        </span>
        {size && <span className={styles.dim}>{size}</span>}
      </div>
      {speed !== '' && <p className={styles.about}>{speed}</p>}
      <p className={styles.licence}>Licence: {licence}</p>
      {installed?.checked === 'recorded' && (
        <p className={styles.licence}>
          No published sha256 matches this file. The one recorded when it was installed is checked each time it is loaded.
        </p>
      )}
      {task && <TaskLine entry={entry} task={task} />}
      {task?.state !== 'running' && (
        <div className={styles.actions}>
          {isHere ? <UseButtons entry={entry} /> : <GetButton entry={entry} />}
          <OtherActions entry={entry} isActive={isActive} isHere={isHere} />
        </div>
      )}
    </li>
  );
};

const GetButton = ({ entry: { id, name, weights, state, partialBytes } }: { entry: ModelEntry }) => {
  const { client, store } = useApp();
  if (!weights) return null;
  if (weights.url === null) return <span className={styles.dim}>No official address: import {weights.file} from disk, below.</span>;
  const host = new URL(weights.url).host;
  return (
    <Button
      variant="primary"
      aria-label={`Get ${name}`}
      title={`Download ${weights.file} from ${host}`}
      onClick={() => void client.call('model.download', { id }).catch((error: unknown) => reportError(store, error))}
    >
      <Download size={14} /> {state === 'partial' ? `Go on (${formatBytes(partialBytes)} are here)` : 'Get'}
    </Button>
  );
};

/** One button for each image size; a smaller one is faster, a larger one finer. */
const UseButtons = ({ entry: { id, name, imageSizes } }: { entry: ModelEntry }) => {
  const { client, store } = useApp();
  const active = useAppState((s) => s.host?.models.active ?? null);
  const isSwitching = useAppState((s) => s.host?.models.isSwitching ?? false);
  const isWorking = useAppState((s) => runningOperation(s, 'track') !== null || runningOperation(s, 'export') !== null);
  return imageSizes.map((imageSize) => {
    const isUsed = active?.id === id && active.imageSize === imageSize;
    return (
      <Button
        key={imageSize}
        isPressed={isUsed}
        disabled={!isUsed && (isSwitching || isWorking)}
        aria-label={`Use ${name} at ${imageSize} px`}
        title={isWorking ? 'The model can be changed when tracking and exports have ended' : undefined}
        onClick={() => {
          if (!isUsed) void client.call('model.use', { id, imageSize }).catch((error: unknown) => reportError(store, error));
        }}
      >
        {isUsed ? `In use at ${imageSize} px` : `Use at ${imageSize} px`}
      </Button>
    );
  });
};

const OtherActions = ({ entry: { id, name, state }, isActive, isHere }: { entry: ModelEntry; isActive: boolean; isHere: boolean }) => {
  const { client, store } = useApp();
  const [isAsking, setIsAsking] = useState(false);
  const attempt = (work: Promise<unknown>): void => void work.catch((error: unknown) => reportError(store, error));
  if (isAsking) {
    return (
      <>
        <Button
          variant="danger"
          className={styles.last}
          onClick={() => {
            setIsAsking(false);
            attempt(client.call('model.remove', { id }));
          }}
        >
          Remove {name} from this disk
        </Button>
        <Button variant="ghost" onClick={() => setIsAsking(false)}>
          Keep
        </Button>
      </>
    );
  }
  return (
    <>
      {isHere && (
        <Button
          variant="ghost"
          isIcon
          className={styles.last}
          label={`Verify ${name}`}
          onClick={() => attempt(client.call('model.verify', { id }))}
        >
          <ShieldCheck size={15} />
        </Button>
      )}
      {(state === 'installed' || state === 'partial') && (
        <Button
          variant="ghost"
          isIcon
          {...(!isHere && { className: styles.last })}
          disabled={isActive}
          label={isActive ? `${name} is in use; choose another model to remove it` : `Remove ${name}`}
          onClick={() => setIsAsking(true)}
        >
          <Trash2 size={15} />
        </Button>
      )}
    </>
  );
};
