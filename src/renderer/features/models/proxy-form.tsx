/** The proxy for downloads, for networks that have one. */
import { useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import styles from './models.module.css';
import { modelText } from './strings.ts';

export const ProxyForm = () => {
  const { client } = useApp();
  const known = useAppState((s) => s.host?.models.proxy ?? null);
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const text = draft ?? known ?? '';
  const save = async (): Promise<void> => {
    setError(null);
    try {
      await client.call('model.setProxy', { proxy: text.trim() === '' ? null : text.trim() });
      setDraft(null);
    } catch (failure) {
      setError(AppError.from(failure).message);
    }
  };
  return (
    <details className={styles.details} open={known !== null}>
      <summary>{modelText.proxy.title}</summary>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label className={styles.label} htmlFor="model-proxy">
          {modelText.proxy.label}
        </label>
        <div className={styles.field}>
          <input
            id="model-proxy"
            type="text"
            className={styles.input}
            value={text}
            placeholder={modelText.proxy.placeholder}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setDraft(event.target.value)}
          />
          <Button type="submit" disabled={text === (known ?? '')}>
            {modelText.proxy.save}
          </Button>
        </div>
        {error !== null && (
          <p className={styles.failed} role="alert">
            {error}
          </p>
        )}
      </form>
    </details>
  );
};
