/** Where the export goes, how large it will be, and whether it fits. */
import { FolderOpen } from 'lucide-react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import styles from './export-dialog.module.css';
import { exportText as text } from './strings.ts';
import type { Estimated } from './use-estimate.ts';

interface ExportFolderProps {
  /** As typed or chosen; null = as the host says. */
  parent: string | null;
  estimated: Estimated;
  onChange: (parent: string) => void;
}

export const ExportFolder = ({ parent, estimated, onChange }: ExportFolderProps) => {
  const { desktop } = useApp();
  const isDecided = useAppState((s) => s.host?.settings.decidedBy['export.folder'] !== undefined);
  const estimate = estimated && 'estimate' in estimated ? estimated.estimate : null;
  return (
    <div className={styles.group}>
      <label className={styles.field}>
        <span className={styles.legend}>{text.folder}</span>
        <span className={styles.folder}>
          <input
            type="text"
            className={styles.input}
            value={parent ?? estimate?.parent ?? ''}
            spellCheck={false}
            // Typed before the host's answer is here it would be added to that.
            readOnly={parent === null && estimated === null}
            {...(isDecided && parent === null && { title: text.decided })}
            onChange={(event) => onChange(event.target.value)}
          />
          {desktop && (
            <Button onClick={() => void desktop.chooseFolder().then((path) => path !== null && onChange(path))}>
              <FolderOpen size={14} /> {text.choose}
            </Button>
          )}
        </span>
      </label>
      {estimate && (
        <p className={styles.hint}>
          <span className={styles.newFolder} title={estimate.directory}>
            {text.newFolder(estimate.folderName)}
          </span>
        </p>
      )}
      {estimated && 'problem' in estimated && (
        <p className={styles.bad} role="alert">
          {estimated.problem}
        </p>
      )}
    </div>
  );
};

/** "About 12 MB · 80 GB free". */
export const ExportSize = ({ estimated }: { estimated: Estimated }) => {
  const estimate = estimated && 'estimate' in estimated ? estimated.estimate : null;
  if (!estimate) return <p className={styles.size} role="status" />;
  const { bytes, freeBytes } = estimate;
  return (
    <p className={isTooLarge(estimated) ? styles.bad : styles.size} role="status">
      {estimate.isMeasured ? text.size(formatBytes(bytes)) : text.roughSize(formatBytes(bytes))}
      {freeBytes !== null && ` · ${text.free(formatBytes(freeBytes))}`}
      {isTooLarge(estimated) && `. ${text.tooLarge}`}
    </p>
  );
};

export const isTooLarge = (estimated: Estimated): boolean =>
  estimated !== null &&
  'estimate' in estimated &&
  estimated.estimate.freeBytes !== null &&
  estimated.estimate.freeBytes < estimated.estimate.bytes;
