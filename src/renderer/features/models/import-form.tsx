/** Installs a checkpoint that is on the disk already, for machines without a network. */
import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { useApp } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/form-error.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import styles from './models.module.css';
import { modelText } from './strings.ts';

const text = modelText.import;

export const ImportForm = () => {
  const { client, desktop } = useApp();
  const [path, setPath] = useState('');
  const { error, isBusy, onSubmit } = useSubmit(async () => {
    await client.call('model.import', { id: null, path: path.trim() });
    setPath('');
  });
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <label className={styles.label} htmlFor="model-import">
        {text.label}
      </label>
      <div className={styles.field}>
        <input
          id="model-import"
          type="text"
          className={styles.input}
          value={path}
          placeholder={text.placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setPath(event.target.value)}
        />
        {desktop && (
          <Button onClick={() => void desktop.openFile('checkpoint').then((chosen) => chosen !== null && setPath(chosen))}>
            <FolderOpen size={14} /> {text.choose}
          </Button>
        )}
        <Button type="submit" disabled={path.trim() === '' || isBusy}>
          {isBusy ? text.starting : text.start}
        </Button>
      </div>
      <FormError text={error} className={styles.failed} />
    </form>
  );
};
