/** The cheat-sheet, made from the command table. */
import { displayChord } from '../../../shared/chords.ts';
import { type CommandId, commandIds, commands, commandGroups as groups } from '../../../shared/commands.ts';
import { isMac, useApp } from '../../app/app-context.ts';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './help.module.css';

const mouse = [
  ['Click', 'This is the object'],
  ['Right-click, Alt+click', 'This is not the object'],
  ['Drag', 'Box around the object'],
  ['Click a point', 'Remove it'],
  ['Wheel', 'Zoom at the pointer'],
  ['Space+drag, middle drag', 'Move the picture'],
] as const;

export const ShortcutsDialog = () => {
  const { store } = useApp();
  return (
    <Dialog title="Keyboard and mouse" isWide onClose={() => store.setState({ dialog: null })}>
      <div className={styles.sheet}>
        {groups.map((group) => (
          <section key={group} className={styles.group}>
            <h3 className={styles.groupTitle}>{group}</h3>
            <dl>
              {commandIds
                .filter((id) => commands[id].group === group && commands[id].keys.length > 0)
                .map((id) => (
                  <div key={id} className={styles.line}>
                    <dt className={styles.what}>{commands[id].label}</dt>
                    <dd className={styles.keys}>
                      {keysOf(id).map((key) => (
                        <kbd key={key} className={styles.key}>
                          {key}
                        </kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section className={styles.group}>
          <h3 className={styles.groupTitle}>Mouse</h3>
          <dl>
            {mouse.map(([how, what]) => (
              <div key={how} className={styles.line}>
                <dt className={styles.what}>{what}</dt>
                <dd className={styles.keys}>
                  <kbd className={styles.key}>{how}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
};

/** "1 … 9" for a run of digits; otherwise each key. */
const keysOf = (id: CommandId): string[] => {
  const { keys } = commands[id];
  const shown = keys.filter((key) => !key.startsWith('Numpad')).map((key) => displayChord(key, isMac()));
  return shown.length > 3 ? [`${shown[0]} – ${shown.at(-1)}`] : shown;
};
