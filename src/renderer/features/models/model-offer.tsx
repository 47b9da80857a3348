/** Offers a better model, once: after the first run of the embedded one, with size, licence and the speed here. */
import { Gauge, X } from 'lucide-react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { runningAnywhere } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { formatSpeed } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { betterModel, speedHere } from './better-model.ts';
import styles from './model-offer.module.css';
import { modelText } from './strings.ts';

const text = modelText.offer;

export const ModelOffer = () => {
  const { client, store, attempt } = useApp();
  const isWanted = useAppState((s) => s.host?.settings.values['engine.modelOffer'] === 'once');
  const hasTracked = useAppState((s) => s.host?.operations.some(({ kind, state }) => kind === 'track' && state === 'done') ?? false);
  const models = useAppState((s) => s.host?.models ?? null);
  const measuring = useAppState((s) => runningAnywhere(s, 'measure'));
  const isBusy = useAppState((s) => s.host?.operations.some(({ state }) => state === 'running') ?? true);
  const better = isWanted && hasTracked && models ? betterModel(models) : null;
  if (better === null || models === null) return null;
  const { entry, imageSize, ownSpeed } = better;
  const { id, name, licence, weights, installed } = entry;
  const speed = speedHere(models, id, imageSize);
  const bytes = installed?.bytes ?? weights?.bytes ?? null;
  const answer = (): void => void attempt(client.call('settings.set', { key: 'engine.modelOffer', value: 'never' }));
  return (
    <aside className={styles.offer} aria-label={text.title}>
      <p className={styles.title}>
        <Gauge size={15} aria-hidden="true" /> {text.what(name)}
      </p>
      <p className={styles.facts}>{[bytes === null ? null : formatBytes(bytes), licence].filter((fact) => fact !== null).join(' · ')}</p>
      {measuring !== null ? (
        <>
          <ProgressBar label={modelText.active.measureProgress} done={measuring.done} total={measuring.total} />
          <p className={styles.facts} role="status">
            {text.measuring}
          </p>
        </>
      ) : (
        <p className={styles.facts} role="status">
          {speed === null ? text.unmeasured : text.speeds(formatSpeed(speed), imageSize, ownSpeed === null ? null : formatSpeed(ownSpeed))}
        </p>
      )}
      <div className={styles.actions}>
        {measuring !== null ? (
          <Button size="small" onClick={() => void attempt(client.call('operation.cancel', { operationId: measuring.id }))}>
            {modelText.active.cancelMeasuring}
          </Button>
        ) : speed === null ? (
          <Button
            size="small"
            variant="primary"
            disabled={isBusy}
            onClick={() => void attempt(client.call('model.measure', { model: { id, imageSize } }))}
          >
            {text.measure}
          </Button>
        ) : (
          <Button
            size="small"
            variant="primary"
            onClick={() => {
              answer();
              store.setState({ dialog: 'models' });
            }}
          >
            {text.choose}
          </Button>
        )}
        <Button size="small" variant="ghost" onClick={answer}>
          <X size={13} /> {text.dismiss}
        </Button>
      </div>
    </aside>
  );
};
