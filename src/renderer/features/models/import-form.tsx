/** Installs a checkpoint that is on the disk already, for machines without a network. */
import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { useApp } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import styles from './models.module.css';
import { modelText } from './strings.ts';

const text = modelText.import;

export const ImportForm = () => {
  const { client, desktop } = useApp();
  const [path, setPath] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const start = async (): Promise<void> => {
    setIsStarting(true);
    setError(null);
    try {
      await client.call('model.import', { id: null, path: path.trim() });
      setPath('');
    } catch (failure) {
      setError(AppError.from(failure).message);
    } finally {
      setIsStarting(false);
    }
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
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
        <Button type="submit" disabled={path.trim() === '' || isStarting}>
          {isStarting ? text.starting : text.start}
        </Button>
      </div>
      {error !== null && (
        <p className={styles.failed} role="alert">
          {error}
        </p>
      )}
    </form>
  );
};
