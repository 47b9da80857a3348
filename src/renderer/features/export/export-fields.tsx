/** The parts of the export form: files, range, objects, how masks are drawn. */
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { shownObjects } from '../../state/window-state.ts';
import { formatTime } from '../../ui/format.ts';
import { ObjectMark } from '../../ui/object-mark.tsx';
import { Segments } from '../../ui/segments.tsx';
import styles from './export-dialog.module.css';
import { type ExportForm, exportKinds } from './export-form.ts';
import { exportText as text } from './strings.ts';

export interface FieldProps {
  form: ExportForm;
  onChange: (change: Partial<ExportForm>) => void;
}

export const KindFields = ({ form, onChange }: FieldProps) => (
  <fieldset className={styles.group}>
    <legend className={styles.legend}>{text.what}</legend>
    <div className={styles.kinds}>
      {exportKinds.map((kind) => (
        <label key={kind} className={styles.kind}>
          <input
            type="checkbox"
            className={styles.check}
            checked={form.kinds[kind]}
            onChange={(event) => onChange({ kinds: { ...form.kinds, [kind]: event.target.checked } })}
          />
          <span>
            <span className={styles.kindName}>{text.kinds[kind].name}</span> <code className={styles.file}>{text.kinds[kind].file}</code>
            <span className={styles.kindAbout}>{text.kinds[kind].about}</span>
          </span>
        </label>
      ))}
    </div>
  </fieldset>
);

interface RangeFieldsProps extends FieldProps {
  range: { from: number; to: number } | { problem: string };
  hasMarks: boolean;
  /** ms from the first frame's beginning to the last one's end */
  durationMs: number;
}

export const RangeFields = ({ form, onChange, range, hasMarks, durationMs }: RangeFieldsProps) => (
  <div className={styles.group}>
    <span className={styles.legend}>{text.range}</span>
    <Segments
      label={text.range}
      value={form.range}
      choices={[
        { value: 'all', label: text.ranges.all },
        { value: 'marked', label: text.ranges.marked, isDisabled: !hasMarks, ...(!hasMarks && { title: text.noMarks }) },
        { value: 'custom', label: text.ranges.custom },
      ]}
      onChange={(chosen) => onChange({ range: chosen })}
    />
    <div className={styles.rangeLine}>
      {form.range === 'custom' &&
        (['from', 'to'] as const).map((end) => (
          <input
            key={end}
            type="text"
            className={styles.frameInput}
            aria-label={text[end]}
            title={text.frameHelp}
            value={form[end]}
            onChange={(event) => onChange({ [end]: event.target.value })}
          />
        ))}
      <output className={styles.hint}>
        {'problem' in range ? range.problem : text.frames(range.to - range.from + 1, formatTime(durationMs))}
      </output>
    </div>
  </div>
);

export const ObjectFields = ({ form, onChange, objects }: FieldProps & { objects: readonly TrackedObject[] }) => {
  const shown = shownObjects(objects);
  return (
    <div className={styles.group}>
      <span className={styles.legend}>{text.objects}</span>
      {objects.length === 0 ? (
        <p className={styles.hint}>{text.noObjects}</p>
      ) : (
        <Segments
          label={text.objects}
          value={form.objects}
          choices={[
            { value: 'all', label: `${text.scopes.all} (${objects.length})` },
            { value: 'chosen', label: text.scopes.chosen },
          ]}
          onChange={(scope) => onChange({ objects: scope })}
        />
      )}
      {form.objects === 'chosen' && (
        // biome-ignore lint/a11y/useSemanticElements: the heading above belongs to the switch too
        <div className={styles.objects} role="group" aria-label={text.scopes.chosen}>
          {objects.map((object) => (
            <label key={object.id} className={styles.object}>
              <input
                type="checkbox"
                className={styles.check}
                checked={form.chosen.includes(object.id)}
                onChange={(event) =>
                  onChange({ chosen: event.target.checked ? [...form.chosen, object.id] : form.chosen.filter((id) => id !== object.id) })
                }
              />
              <ObjectMark object={object} size={10} />
              <span className={styles.objectName}>{object.name}</span>
              <span className={styles.hint}>
                {text.tracked(object.foundFrames)}
                {!shown.includes(object) && ` · ${text.hidden}`}
              </span>
            </label>
          ))}
        </div>
      )}
    </div>
  );
};

export const LookFields = ({ form, onChange }: FieldProps) => {
  const isDisabled = !form.kinds.video;
  return (
    <fieldset className={styles.group} disabled={isDisabled}>
      <legend className={styles.legend}>{text.look}</legend>
      <div className={styles.look}>
        <label className={styles.option}>
          <input
            type="checkbox"
            className={styles.check}
            checked={form.contours}
            onChange={(e) => onChange({ contours: e.target.checked })}
          />
          {text.contours}
        </label>
        <label className={styles.option}>
          <input
            type="checkbox"
            className={styles.check}
            checked={form.isFilled}
            onChange={(e) => onChange({ isFilled: e.target.checked })}
          />
          {text.fill}
        </label>
        <input
          type="range"
          className={styles.slider}
          aria-label={text.opacity}
          title={text.opacity}
          min={0.05}
          max={0.9}
          step={0.05}
          disabled={!form.isFilled}
          value={form.fill}
          onChange={(event) => onChange({ fill: event.target.valueAsNumber })}
        />
        <span className={styles.share}>{text.percent(form.fill)}</span>
        <label className={styles.option}>
          <input type="checkbox" className={styles.check} checked={form.labels} onChange={(e) => onChange({ labels: e.target.checked })} />
          {text.labels}
        </label>
      </div>
      {!isDisabled && !form.contours && !form.isFilled && !form.labels && <p className={styles.hint}>{text.plain}</p>}
    </fieldset>
  );
};
