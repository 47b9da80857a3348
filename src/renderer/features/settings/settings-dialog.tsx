/** All settings, searchable, each with what it changes, its default and its range. */
import { Keyboard, RotateCcw } from 'lucide-react';
import { useId, useState } from 'react';
import { type ProfileName, profileNames } from '../../../shared/settings.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { resetAllSettings, type SettingSpec, type SettingValue, searchSettings } from './setting-specs.ts';
import styles from './settings.module.css';
import { StoragePanel } from './storage-panel.tsx';
import { storageText, settingsText as text } from './strings.ts';

const shown = (value: SettingValue, unit?: string): string =>
  typeof value === 'boolean' ? (value ? text.on : text.off) : `${value}${unit ? ` ${unit}` : ''}`;

/** The default as the control shows it. */
const shownDefault = ({ usual, kind, unit }: SettingSpec): string => {
  if (kind.type === 'choice') return kind.choices.find(({ value }) => value === usual)?.label ?? shown(usual, unit);
  return usual === '' && kind.type === 'text' ? kind.hint : shown(usual, unit);
};

export const SettingsDialog = () => {
  const app = useApp();
  const state = useAppState((s) => s);
  const profile: string | null = state.host ? (state.host.settings.profile ?? '') : null;
  const [query, setQuery] = useState('');
  const found = searchSettings(query).filter((spec) => spec.read(state) !== null);
  const isStorageFound = storageText.words.includes(query.trim().toLowerCase());
  const groups = [...new Set(found.map(({ group }) => group))];
  return (
    <Dialog title={text.title} isWide onClose={() => app.store.setState({ dialog: null })}>
      <div className={styles.head}>
        <SearchField label={text.search} isFirst value={query} onChange={setQuery} />
        <Button onClick={() => app.store.setState({ dialog: 'shortcuts' })}>
          <Keyboard size={14} /> {text.keys}
        </Button>
        <Button onClick={() => resetAllSettings(app)}>
          <RotateCcw size={14} /> {text.resetAll}
        </Button>
      </div>
      {profile !== null && (
        <Segments
          label={text.profile}
          choices={profileNames.map((name) => ({ value: name, label: text.profiles[name] }))}
          value={profile}
          onChange={(name) => void app.attempt(app.client.call('settings.useProfile', { profile: name as ProfileName }))}
        />
      )}
      {found.length === 0 && !isStorageFound && <p className={styles.none}>{text.none}</p>}
      {groups.map((group) => (
        <section key={group} className={styles.group}>
          <h3 className={styles.groupTitle}>{group}</h3>
          {found
            .filter((spec) => spec.group === group)
            .map((spec) => (
              <SettingRow
                key={spec.id}
                spec={spec}
                value={spec.read(state)!}
                decidedBy={spec.decidedBy?.(state) ?? null}
                onChange={(value) => spec.write(app, value)}
              />
            ))}
        </section>
      ))}
      {isStorageFound && <StoragePanel />}
    </Dialog>
  );
};

interface SettingRowProps {
  spec: SettingSpec;
  value: SettingValue;
  /** What decided it at the start, in words. */
  decidedBy: string | null;
  onChange: (value: SettingValue) => void;
}

const SettingRow = ({ spec, value, decidedBy, onChange }: SettingRowProps) => {
  const id = useId();
  const { label, effect, kind, unit, usual } = spec;
  const facts = [
    ...(decidedBy === null ? [] : [text.decidedBy(decidedBy)]),
    text.usual(shownDefault(spec)),
    ...(kind.type === 'number' ? [text.range(String(kind.least), shown(kind.most, unit))] : []),
  ];
  return (
    <div className={styles.row}>
      <div>
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
        <p id={`${id}-about`} className={styles.about}>
          {effect} {facts.join(' · ')}
        </p>
      </div>
      <div className={styles.control}>
        {value !== usual && (
          <Button variant="ghost" size="small" isIcon label={text.reset(label)} onClick={() => onChange(usual)}>
            <RotateCcw size={13} />
          </Button>
        )}
        <Control id={id} kind={kind} value={value} onChange={onChange} />
        {/* Choices name it themselves. */}
        {unit && kind.type === 'number' && <span className={styles.about}>{unit}</span>}
      </div>
    </div>
  );
};

interface ControlProps {
  id: string;
  kind: SettingSpec['kind'];
  value: SettingValue;
  onChange: (value: SettingValue) => void;
}

const Control = ({ id, kind, value, onChange }: ControlProps) => {
  const app = useApp();
  const about = `${id}-about`;
  if (kind.type === 'dialog')
    return (
      <>
        <span className={styles.about}>{value}</span>
        <Button id={id} aria-describedby={about} onClick={() => kind.open(app)}>
          {text.change}
        </Button>
      </>
    );
  if (kind.type === 'switch')
    return (
      <input
        id={id}
        type="checkbox"
        aria-describedby={about}
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
      />
    );
  if (kind.type === 'choice')
    return (
      <select
        id={id}
        className={styles.select}
        aria-describedby={about}
        value={String(value)}
        onChange={(event) =>
          onChange(kind.choices.find((choice) => String(choice.value) === event.target.value)?.value ?? event.target.value)
        }
      >
        {kind.choices.map(({ value: choice, label }) => (
          <option key={choice} value={choice}>
            {label}
          </option>
        ))}
      </select>
    );
  if (kind.type === 'text')
    return (
      <input
        // A value that was set elsewhere replaces what is in the field.
        key={String(value)}
        id={id}
        type="text"
        className={styles.text}
        aria-describedby={about}
        placeholder={kind.hint}
        defaultValue={String(value)}
        onBlur={(event) => {
          const wanted = event.target.value.trim();
          if (wanted !== value) onChange(wanted);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    );
  return (
    <input
      // A value that was set elsewhere replaces what is in the field.
      key={String(value)}
      id={id}
      type="number"
      className={styles.number}
      aria-describedby={about}
      defaultValue={Number(value)}
      min={kind.least}
      max={kind.most}
      step={kind.step}
      onBlur={(event) => {
        const wanted = event.target.valueAsNumber;
        if (Number.isFinite(wanted) && wanted !== value) onChange(Math.min(kind.most, Math.max(kind.least, wanted)));
        else event.target.value = String(value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
};
