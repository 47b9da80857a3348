/** The proxy for downloads, for networks that have one. */
import { useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/form-error.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import styles from './models.module.css';
import { modelText } from './strings.ts';

export const ProxyForm = () => {
  const { client } = useApp();
  const known = useAppState((s) => s.host?.models.proxy ?? null);
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? known ?? '';
  const { error, onSubmit } = useSubmit(async () => {
    await client.call('model.setProxy', { proxy: text.trim() === '' ? null : text.trim() });
    setDraft(null);
  });
  return (
    <details className={styles.details} open={known !== null}>
      <summary>{modelText.proxy.title}</summary>
      <form className={styles.form} onSubmit={onSubmit}>
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
        <FormError text={error} className={styles.failed} />
      </form>
    </details>
  );
};
