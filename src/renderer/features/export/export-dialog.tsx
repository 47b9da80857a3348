/** What to write and where; then how it goes; then what was written. */
import { useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { useFrameTimes } from '../../playback/use-frame-times.ts';
import { addToast } from '../../state/app-store.ts';
import { setPreference } from '../../state/remember-preferences.ts';
import { marksOf, objectsOf, runningOperation } from '../../state/window-state.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { frameOfText } from '../timeline/frame-of-text.ts';
import styles from './export-dialog.module.css';
import { KindFields, LookFields, ObjectFields, RangeFields } from './export-fields.tsx';
import { ExportFolder, ExportSize, isTooLarge } from './export-folder.tsx';
import { choiceOf, choiceToKeep, type ExportForm, firstForm, rangeOf } from './export-form.ts';
import { ExportProgress } from './export-progress.tsx';
import { exportText as text } from './strings.ts';
import { useEstimate } from './use-estimate.ts';

export const ExportDialog = () => {
  const { store } = useApp();
  const [operationId, setOperationId] = useState<string | null>(() => runningOperation(store.getState(), 'export')?.id ?? null);
  // Whoever comes back to the choices finds them as they were.
  const [form, setForm] = useState<ExportForm | null>(null);
  const operation = useAppState((s) => s.host?.operations.find(({ id }) => id === operationId) ?? null);
  return (
    <Dialog title={text.title} isWide={operationId === null} onClose={() => store.setState({ dialog: null })}>
      {operationId === null ? (
        <ExportChoices before={form} onForm={setForm} onStarted={setOperationId} />
      ) : (
        <ExportProgress operation={operation} onAgain={() => setOperationId(null)} />
      )}
    </Dialog>
  );
};

interface ExportChoicesProps {
  /** As it was before; null = as the dialog begins. */
  before: ExportForm | null;
  onForm: (form: ExportForm) => void;
  onStarted: (operationId: string) => void;
}

const ExportChoices = ({ before, onForm, onStarted }: ExportChoicesProps) => {
  const { client, callSession, store } = useApp();
  const { times } = useFrameTimes();
  const objects = useAppState(objectsOf);
  const marks = useAppState(marksOf);
  const folder = useAppState((s) => s.host?.settings.values['export.folder'] ?? null);
  const { frameCount } = times;
  const [form, setForm] = useState(() => before ?? firstForm(objects, marks, store.getState().prefs, frameCount));
  const [isStarting, setIsStarting] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const facts = { frameCount, marks, objects, frameOf: (wanted: string) => frameOfText(wanted, times) };
  const range = rangeOf(form, facts);
  const choice = choiceOf(form, facts);
  const problem = 'problem' in choice ? choice.problem : null;
  const estimated = useEstimate('problem' in choice ? null : choice);
  const hasMasks = objects.some((object) => object.results.length > 0);
  const durationMs = 'problem' in range ? 0 : times.timeAtPosition(range.to + 1) - times.timeOf(range.from);
  const onChange = (change: Partial<typeof form>): void => setForm((current) => ({ ...current, ...change }));

  const start = async (): Promise<void> => {
    if ('problem' in choice || (estimated && 'problem' in estimated)) return;
    setIsStarting(true);
    setError(null);
    try {
      const { operationId } = await callSession('export.start', {
        ...choice,
        ...(estimated && { folderName: estimated.estimate.folderName }),
      });
      setPreference(store, { exportChoice: choiceToKeep(form) });
      onForm(form);
      onStarted(operationId);
    } catch (failure) {
      setError(AppError.from(failure).message);
      setIsStarting(false);
      return;
    }
    // The next export begins where this one went.
    if (choice.parent !== undefined && choice.parent !== folder)
      client
        .call('settings.set', { key: 'export.folder', value: choice.parent })
        .catch((failure: unknown) => addToast(store, 'info', AppError.from(failure).message));
  };

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      {!hasMasks && <p className={styles.about}>{text.nothingTracked}</p>}
      <div className={styles.columns}>
        <KindFields form={form} onChange={onChange} />
        <div className={styles.column}>
          <RangeFields
            form={form}
            onChange={onChange}
            range={range}
            hasMarks={marks.in !== null || marks.out !== null}
            durationMs={durationMs}
          />
          <ObjectFields form={form} onChange={onChange} objects={objects} />
          <LookFields form={form} onChange={onChange} />
        </div>
      </div>
      <ExportFolder parent={form.parent} estimated={estimated} onChange={(parent) => onChange({ parent })} />
      {error !== null && (
        <p className={styles.bad} role="alert">
          {error}
        </p>
      )}
      <div className={styles.actions}>
        {problem !== null ? (
          <p className={styles.size} role="status">
            {problem}
          </p>
        ) : (
          <ExportSize estimated={estimated} />
        )}
        <Button variant="ghost" onClick={() => store.setState({ dialog: null })}>
          {text.cancel}
        </Button>
        <Button
          type="submit"
          variant="primary"
          data-autofocus
          disabled={isStarting || problem !== null || (estimated !== null && 'problem' in estimated) || isTooLarge(estimated)}
        >
          {text.start}
        </Button>
      </div>
    </form>
  );
};
