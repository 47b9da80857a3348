/** The models: which is at work and on what, what else there is, and getting, checking and removing them. */
import { useEffect } from 'react';
import type { Operation } from '../../../shared/contract/state.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { reportError } from '../../state/app-store.ts';
import { runningAnywhere } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatDuration, formatSpeed } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { ImportForm } from './import-form.tsx';
import { ModelRow } from './model-row.tsx';
import styles from './models.module.css';
import { ProxyForm } from './proxy-form.tsx';
import { modelText } from './strings.ts';

export const ModelsDialog = () => {
  const { client, store } = useApp();
  const entries = useAppState((s) => s.host?.models.entries ?? noEntries);
  useEffect(() => {
    // Another program, such as the command line, may have installed one meanwhile.
    client.call('model.list', {}).catch((error: unknown) => reportError(store, error));
  }, [client, store]);
  return (
    <Dialog title={modelText.title} isWide onClose={() => store.setState({ dialog: null })}>
      <div className={styles.sheet}>
        <ActiveModel />
        <ul className={styles.list} aria-label={modelText.title}>
          {entries.map((entry) => (
            <ModelRow key={entry.id} entry={entry} />
          ))}
        </ul>
        <p className={styles.note}>{modelText.networkNote}</p>
        <ImportForm />
        <ProxyForm />
      </div>
    </Dialog>
  );
};

const noEntries: never[] = [];

const ActiveModel = () => {
  const active = useAppState((s) => s.host?.models.active ?? null);
  const isSwitching = useAppState((s) => s.host?.models.isSwitching ?? false);
  const loading = useAppState((s) => runningAnywhere(s, 'model'));
  const first = useAppState((s) => s.host?.models.loading?.name ?? null);
  if (isSwitching) return <LoadingModel operation={loading} />;
  if (!active) return <p className={styles.active}>{first === null ? modelText.active.none : modelText.active.loading(first)}</p>;
  return (
    <dl className={styles.active}>
      <div>
        <dt>{modelText.active.model}</dt>
        <dd>
          {active.name} · {active.imageSize} px
        </dd>
      </div>
      <div>
        <dt>{modelText.active.provider}</dt>
        <dd>
          {active.provider.toUpperCase()}: {active.providerReason}
          {active.advice !== null && <p className={styles.advice}>{active.advice}</p>}
        </dd>
      </div>
      <div>
        <dt>{modelText.active.speed}</dt>
        <dd>
          <Speed id={active.id} imageSize={active.imageSize} provider={active.provider} />
        </dd>
      </div>
    </dl>
  );
};

/** Another model is on its way; until it is there the former one can be kept. */
const LoadingModel = ({ operation }: { operation: Operation | null }) => {
  const { client, attempt } = useApp();
  return (
    <div className={styles.active}>
      <div className={styles.loading}>
        <span role="status">{operation ? modelText.active.loading(operation.title) : modelText.active.loadingUnnamed}</span>
        {operation && (
          <>
            <ProgressBar label={modelText.active.loadProgress} done={operation.done} total={operation.total} />
            {operation.etaMs !== null && <span>{modelText.active.left(formatDuration(operation.etaMs))}</span>}
            <Button
              size="small"
              variant="danger"
              label={modelText.active.cancelLoading}
              onClick={() => void attempt(client.call('operation.cancel', { operationId: operation.id }))}
            >
              {modelText.task.cancel}
            </Button>
          </>
        )}
      </div>
    </div>
  );
};

const noSpeeds: never[] = [];

/** How fast the model at work is here. */
const Speed = ({ id, imageSize, provider }: { id: string; imageSize: number; provider: string }) => {
  const { client, attempt } = useApp();
  const all = useAppState((s) => s.host?.models.speeds ?? noSpeeds);
  const isMeasuring = useAppState((s) => s.host?.models.isMeasuring ?? false);
  const isWorking = useAppState((s) => s.host?.operations.some(({ state }) => state === 'running') ?? false);
  const measuring = useAppState((s) => runningAnywhere(s, 'measure'));
  const speeds = all
    .filter((speed) => speed.id === id && speed.imageSize === imageSize && speed.provider === provider)
    .sort((a, b) => a.objects - b.objects);
  return (
    <span className={styles.speed}>
      <span role="status">
        {isMeasuring
          ? modelText.active.measuring
          : speeds.map(({ objects, framesPerSecond }) => modelText.active.speedOf(formatSpeed(framesPerSecond), objects)).join(' · ') ||
            modelText.active.unmeasured}
      </span>
      {measuring ? (
        <>
          <ProgressBar label={modelText.active.measureProgress} done={measuring.done} total={measuring.total} />
          {measuring.etaMs !== null && <span>{modelText.active.left(formatDuration(measuring.etaMs))}</span>}
          <Button
            size="small"
            variant="danger"
            label={modelText.active.cancelMeasuring}
            onClick={() => void attempt(client.call('operation.cancel', { operationId: measuring.id }))}
          >
            {modelText.task.cancel}
          </Button>
        </>
      ) : (
        <Button size="small" disabled={isMeasuring || isWorking} onClick={() => void attempt(client.call('model.measure', {}))}>
          {modelText.active.measure}
        </Button>
      )}
    </span>
  );
};
