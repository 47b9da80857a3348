/** One model: what it is, whether it is here, and what can be done about it. */
import { Check, Download, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { ModelEntry } from '../../../shared/models.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { runningAnywhere } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { ModelMeters } from './model-meters.tsx';
import { TaskLine } from './model-task.tsx';
import styles from './models.module.css';
import { modelText } from './strings.ts';

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
          {isHere && <Check size={12} aria-hidden="true" />} {modelText.states[state]}
        </span>
        {size && <span className={styles.dim}>{size}</span>}
      </div>
      {speed !== '' && <p className={styles.about}>{speed}</p>}
      <ModelMeters entry={entry} />
      <p className={styles.licence}>{modelText.licence(licence)}</p>
      {installed?.checked === 'recorded' && <p className={styles.licence}>{modelText.recorded}</p>}
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
  if (weights.url === null) return <span className={styles.dim}>{modelText.noAddress(weights.file)}</span>;
  const host = new URL(weights.url).host;
  return (
    <Button
      variant="primary"
      aria-label={
        state === 'partial' ? modelText.of(modelText.goOn(formatBytes(partialBytes)), modelText.getName(name)) : modelText.getName(name)
      }
      title={modelText.getFrom(weights.file, host)}
      onClick={() => void client.call('model.download', { id }).catch((error: unknown) => reportError(store, error))}
    >
      <Download size={14} /> {state === 'partial' ? modelText.goOn(formatBytes(partialBytes)) : modelText.get}
    </Button>
  );
};

/** One button for each image size; a smaller one is faster, a larger one finer. */
const UseButtons = ({ entry: { id, name, imageSizes } }: { entry: ModelEntry }) => {
  const { client, store } = useApp();
  const active = useAppState((s) => s.host?.models.active ?? null);
  const isSwitching = useAppState((s) => s.host?.models.isSwitching ?? false);
  const isWorking = useAppState((s) => runningAnywhere(s, 'track') !== null || runningAnywhere(s, 'export') !== null);
  return imageSizes.map((imageSize) => {
    const isUsed = active?.id === id && active.imageSize === imageSize;
    return (
      <Button
        key={imageSize}
        isPressed={isUsed}
        disabled={!isUsed && (isSwitching || isWorking)}
        aria-label={modelText.of(isUsed ? modelText.inUse(imageSize) : modelText.use(imageSize), name)}
        title={isWorking ? modelText.whileWorking : undefined}
        onClick={() => {
          if (!isUsed) void client.call('model.use', { id, imageSize }).catch((error: unknown) => reportError(store, error));
        }}
      >
        {isUsed ? modelText.inUse(imageSize) : modelText.use(imageSize)}
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
          {modelText.removeSure(name)}
        </Button>
        <Button variant="ghost" onClick={() => setIsAsking(false)}>
          {modelText.keep}
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
          label={modelText.verify(name)}
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
          label={isActive ? modelText.removeUsed(name) : modelText.remove(name)}
          onClick={() => setIsAsking(true)}
        >
          <Trash2 size={15} />
        </Button>
      )}
    </>
  );
};
