/** What to look for, and the search itself: start, progress, cancel. */
import { ScanSearch, Square, SquareDashed, SquareX, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { type FindForm, type RegionKind, shownLimits, suggestedClasses, withClass, withoutRegion } from '../../state/find-form.ts';
import { liveOf, marksOf, runningOperation } from '../../state/window-state.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { discoveryDefaults } from './discovery-defaults.ts';
import styles from './find.module.css';
import { findText as text } from './strings.ts';

const mostSuggestions = 5;

const useKnownClasses = (): readonly string[] => {
  const { client } = useApp();
  const [known, setKnown] = useState<readonly string[]>([]);
  useEffect(() => {
    // Without suggestions the field works as well; the search itself says what is wrong.
    client.call('find.classes', {}).then(
      ({ classes }) => setKnown(classes),
      () => {},
    );
  }, [client]);
  return known;
};

export const FindFormView = () => {
  const { store, run } = useApp();
  const form = useAppState((s) => s.findForm);
  const operation = useAppState((s) => runningOperation(s, 'find'));
  const isLive = useAppState((s) => liveOf(s) !== null);
  const known = useKnownClasses();
  const change = (part: Partial<FindForm>): void => store.setState((s) => ({ findForm: { ...s.findForm, ...part } }));
  const suggestions = suggestedClasses(form.classes, known, mostSuggestions);
  return (
    <section className={styles.form} aria-label={text.find}>
      <form
        className={styles.line}
        onSubmit={(event) => {
          event.preventDefault();
          run('find.start');
        }}
      >
        <SearchField label={text.classes} value={form.classes} onChange={(classes) => change({ classes })} />
      </form>
      {suggestions.length > 0 && (
        <ul className={styles.chips} aria-label={text.suggestions}>
          {suggestions.map((name) => (
            <li key={name}>
              <Button size="small" onClick={() => change({ classes: withClass(form.classes, name) })}>
                {name}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <details className={styles.options}>
        <summary>{text.options}</summary>
        <Regions form={form} change={change} />
        <Limits form={form} change={change} />
      </details>
      {operation ? (
        <>
          <CommandButton command="operation.cancel" variant="danger" size="large" className={styles.wide} label={text.cancel}>
            <Square size={12} fill="currentColor" /> {text.cancel}
          </CommandButton>
          <ProgressBar label={text.progress} done={operation.done} total={operation.total} />
          <p className={styles.progress}>
            <span>{operation.total > 0 ? text.frames(operation.done, operation.total) : text.looked(operation.done)}</span>
            {operation.etaMs !== null && <span>{text.left(formatDuration(operation.etaMs))}</span>}
          </p>
        </>
      ) : (
        <>
          <CommandButton command="find.start" variant="primary" size="large" className={styles.wide}>
            <ScanSearch size={16} /> {text.find}
          </CommandButton>
          <p className={styles.note}>{isLive ? text.howLive : text.how}</p>
        </>
      )}
    </section>
  );
};

interface PartProps {
  form: FindForm;
  change: (part: Partial<FindForm>) => void;
}

const kinds: readonly RegionKind[] = ['include', 'exclude'];

const Regions = ({ form, change }: PartProps) => {
  const regions = kinds.flatMap((kind) => form[kind].map((_, index) => ({ kind, index, name: text.region(kind, index + 1) })));
  return (
    <>
      <div className={styles.line}>
        <CommandButton command="find.drawInclude" size="small" isPressed={form.drawing === 'include'}>
          <SquareDashed size={13} /> {text.include}
        </CommandButton>
        <CommandButton command="find.drawExclude" size="small" isPressed={form.drawing === 'exclude'}>
          <SquareX size={13} /> {text.exclude}
        </CommandButton>
      </div>
      {form.drawing !== null && <p className={styles.note}>{text.drawing}</p>}
      {regions.length > 0 && (
        <ul className={styles.chips}>
          {regions.map(({ kind, index, name }) => (
            <li key={name}>
              <Button size="small" label={text.removeRegion(name)} onClick={() => change(withoutRegion(form, kind, index))}>
                {name} <X size={12} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

const Limits = ({ form, change }: PartProps) => {
  const host = useAppState((s) => s.host?.settings.values ?? null);
  const defaults = discoveryDefaults(host);
  const rate = useAppState((s) => s.session?.media.averageFps ?? 25);
  const hasMarks = useAppState((s) => marksOf(s).in !== null || marksOf(s).out !== null);
  const { percent, seconds } = shownLimits(form, rate, defaults);
  return (
    <>
      <NumberField
        label={text.least}
        unit={text.percent}
        value={percent}
        step={0.1}
        onChange={(leastPercent) => change({ leastPercent })}
      />
      <NumberField label={text.time} unit={text.seconds} value={seconds} step={0.1} onChange={(leastSeconds) => change({ leastSeconds })} />
      {hasMarks && (
        <label className={styles.check}>
          <input type="checkbox" checked={form.isInRange} onChange={(event) => change({ isInRange: event.target.checked })} />{' '}
          {text.inRange}
        </label>
      )}
    </>
  );
};

interface NumberFieldProps {
  label: string;
  unit: string;
  value: number;
  step: number;
  /** null: the field is empty. */
  onChange: (value: number | null) => void;
}

const NumberField = ({ label, unit, value, step, onChange }: NumberFieldProps) => (
  <label className={styles.number}>
    <span>{label}</span>
    <input
      type="number"
      min={0}
      step={step}
      value={value}
      onChange={({ target }) => onChange(Number.isFinite(target.valueAsNumber) ? target.valueAsNumber : null)}
    />
    <span>{unit}</span>
  </label>
);
