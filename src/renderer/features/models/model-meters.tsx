/** How good and how fast a model is: a bar for its quality, and one for its speed here at each image size. */
import type { ModelEntry } from '../../../shared/models.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { formatSpeed } from '../../ui/format.ts';
import { speedHere } from './better-model.ts';
import styles from './models.module.css';
import { modelText } from './strings.ts';

const text = modelText.meters;

/** Frames per second at both ends of the bar; between them each doubling takes as much room. */
const slowest = 0.25;
const fastest = 64;
const speedShare = (perSecond: number): number =>
  Math.min(1, Math.max(0.02, Math.log2(perSecond / slowest) / Math.log2(fastest / slowest)));

export const ModelMeters = ({ entry }: { entry: ModelEntry }) => {
  const { id, name, imageSizes, quality } = entry;
  const { client, attempt } = useApp();
  const models = useAppState((s) => s.host?.models ?? null);
  const isBusy = useAppState((s) => s.host?.operations.some(({ state }) => state === 'running') ?? true);
  return (
    <dl className={styles.meters}>
      {quality !== null && (
        <div>
          <dt>{text.quality}</dt>
          <dd>
            <Meter label={text.of(text.quality, name)} share={quality.score} shown={text.score(quality.score)} />
            <span className={styles.licence}>{quality.basis}</span>
          </dd>
        </div>
      )}
      {imageSizes.map((imageSize) => {
        const perSecond = models === null ? null : speedHere(models, id, imageSize);
        const label = text.speedAt(imageSize);
        return (
          <div key={imageSize}>
            <dt>{label}</dt>
            <dd>
              {perSecond !== null ? (
                <Meter label={text.of(label, name)} share={speedShare(perSecond)} shown={text.rate(formatSpeed(perSecond))} />
              ) : (
                <Button
                  size="small"
                  disabled={isBusy || models?.isMeasuring === true}
                  aria-label={text.of(text.measureAt(imageSize), name)}
                  title={text.measureTitle}
                  onClick={() => void attempt(client.call('model.measure', { model: { id, imageSize } }))}
                >
                  {text.measure}
                </Button>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
};

const Meter = ({ label, share, shown }: { label: string; share: number; shown: string }) => (
  <>
    <meter className={styles.meter} aria-label={label} value={share} aria-valuetext={shown} />
    <span className={styles.figure}>{shown}</span>
  </>
);
