/** The objects of the clip, and tracking them. */
import { Plus, ScanSearch, X } from 'lucide-react';
import { useState } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { objectsOf } from '../../state/window-state.ts';
import { CommandButton } from '../../ui/button.tsx';
import { ModelOffer } from '../models/model-offer.tsx';
import { TrackPanel } from '../track/track-panel.tsx';
import { ObjectMenu, type ObjectMenuPlace } from './object-menu.tsx';
import { ObjectRow } from './object-row.tsx';
import styles from './objects.module.css';
import { objectText as text } from './strings.ts';

export const ObjectsPanel = () => {
  const objects = useAppState(objectsOf);
  const selectedId = useAppState((s) => s.selectedId);
  const alsoSelected = useAppState((s) => s.alsoSelected);
  const refined = objects.find(({ id }) => id === selectedId)?.name ?? '';
  const { callSession, attempt } = useApp();
  const drop = (dragged: number, onto: number): void => {
    if (dragged === onto) return;
    const ids = objects.map(({ id }) => id).filter((id) => id !== dragged);
    const wasAbove = objects.findIndex(({ id }) => id === dragged) < objects.findIndex(({ id }) => id === onto);
    ids.splice(ids.indexOf(onto) + (wasAbove ? 1 : 0), 0, dragged);
    void attempt(callSession('object.reorder', { objectIds: ids }));
  };
  const [menu, setMenu] = useState<ObjectMenuPlace | null>(null);
  return (
    <>
      <section className={styles.panel} aria-label={text.objects}>
        <header className={styles.header}>
          <h2 className={styles.title}>
            {text.objects} <span className={styles.count}>{objects.length > 0 ? objects.length : ''}</span>
          </h2>
          <CommandButton command="find.start" variant="ghost" size="small" isIcon>
            <ScanSearch size={14} />
          </CommandButton>
          <CommandButton command="object.add" variant="ghost" size="small">
            <Plus size={14} /> {text.new}
          </CommandButton>
        </header>
        {objects.length === 0 ? (
          <p className={styles.empty}>{text.empty}</p>
        ) : (
          <ul className={styles.list}>
            {objects.map((object, index) => (
              <ObjectRow
                key={object.id}
                object={object}
                index={index}
                isSelected={object.id === selectedId}
                isChosen={object.id === selectedId || alsoSelected.includes(object.id)}
                onMenu={setMenu}
                onDrop={(dragged) => drop(dragged, object.id)}
              />
            ))}
          </ul>
        )}
        {objects.length > 0 && (
          <div className={styles.selection}>
            <p>
              {selectedId === null
                ? text.noneSelected
                : alsoSelected.length > 0
                  ? text.several(alsoSelected.length + 1, refined)
                  : text.selected}
            </p>
            {selectedId !== null && (
              <CommandButton command="object.finish" variant="ghost" size="small">
                <X size={13} /> {text.finish}
              </CommandButton>
            )}
          </div>
        )}
      </section>
      <ModelOffer />
      <TrackPanel />
      {menu && <ObjectMenu place={menu} onClose={() => setMenu(null)} />}
    </>
  );
};
