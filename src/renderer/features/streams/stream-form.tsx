/** A stream that is added or changed. */
import { useState } from 'react';
import { type ProfileName, profileNames } from '../../../shared/settings.ts';
import { type StreamConfig, streamConfigSchema } from '../../../shared/streams.ts';
import { useApp } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/form-error.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import { isClipAddress } from '../open/use-drop-to-open.ts';
import styles from './streams.module.css';
import { streamText } from './strings.ts';

const text = streamText.form;

const sourceOf = (typed: string): StreamConfig['source'] => {
  if (isClipAddress(typed)) return { kind: 'network', url: typed };
  return typed.startsWith('/dev/') ? { kind: 'camera', deviceId: typed } : { kind: 'file', path: typed, repeats: true };
};

const typedOf = (source: StreamConfig['source']): string =>
  source.kind === 'network' ? source.url : source.kind === 'camera' ? source.deviceId : source.path;

/** Nothing typed: no limit. */
const limitOf = (typed: string): number | null => (typed.trim() === '' ? null : Number(typed));

/** @param before what is changed; null adds one */
export const StreamForm = ({ before, onDone }: { before: { streamId: string; config: StreamConfig } | null; onDone: () => void }) => {
  const { client } = useApp();
  const config = before?.config;
  const [name, setName] = useState(config?.name ?? '');
  const [typed, setTyped] = useState(config ? typedOf(config.source) : '');
  const [profile, setProfile] = useState<ProfileName>(config?.profile ?? 'balanced');
  const [days, setDays] = useState(String(config ? (config.retention.days ?? '') : 7));
  const [gigabytes, setGigabytes] = useState(String(config ? (config.retention.gigabytes ?? '') : 20));
  const [isAdaptive, setIsAdaptive] = useState(config?.isAdaptive ?? false);
  const { error, isBusy, onSubmit } = useSubmit(async () => {
    const source = config && typedOf(config.source) === typed.trim() ? config.source : sourceOf(typed.trim());
    const retention = { days: limitOf(days), gigabytes: limitOf(gigabytes) };
    const wanted = streamConfigSchema.parse({ ...config, name, source, profile, retention, isAdaptive });
    if (before) await client.call('stream.edit', { streamId: before.streamId, config: wanted });
    else await client.call('stream.add', { config: wanted });
    onDone();
  });
  return (
    <form
      className={styles.form}
      onSubmit={onSubmit}
      aria-label={before ? streamText.of(streamText.edit, before.config.name) : streamText.add}
    >
      <label className={styles.field}>
        <span>{text.name}</span>
        <input type="text" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className={styles.wideField}>
        <span>{text.source}</span>
        <input
          type="text"
          required
          maxLength={2000}
          value={typed}
          placeholder="rtsp://192.168.1.20/stream"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <label className={styles.field}>
        <span>{text.profile}</span>
        <select value={profile} onChange={(event) => setProfile(event.target.value as ProfileName)}>
          {profileNames.map((one) => (
            <option key={one} value={one}>
              {text.profiles[one]}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{text.days}</span>
        <input type="number" min={0.1} step="any" value={days} onChange={(event) => setDays(event.target.value)} />
      </label>
      <label className={styles.field}>
        <span>{text.gigabytes}</span>
        <input type="number" min={0.1} step="any" value={gigabytes} onChange={(event) => setGigabytes(event.target.value)} />
      </label>
      <label className={styles.check}>
        <input type="checkbox" checked={isAdaptive} onChange={(event) => setIsAdaptive(event.target.checked)} />
        <span>{text.adaptive}</span>
      </label>
      <FormError text={error} className={styles.failed} />
      <div className={styles.actions}>
        <Button variant="ghost" onClick={onDone}>
          {text.cancel}
        </Button>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {text.save}
        </Button>
      </div>
    </form>
  );
};
