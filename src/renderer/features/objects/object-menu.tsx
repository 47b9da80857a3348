/** What can be done with one object, where it was right-clicked. */
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { useApp, useAppState } from '../../app/app-context.ts';
import type { AppModel } from '../../app/app-model.ts';
import { mergeObjects } from '../../app/merge-objects.ts';
import { commandContext, objectsOf, selectedObjects } from '../../state/window-state.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { objectText } from './strings.ts';

export interface ObjectMenuPlace {
  object: TrackedObject;
  x: number;
  y: number;
}

const text = objectText.menu;
/** More than these are asked for in a menu of their own. */
const mostMergeEntries = 8;

export const ObjectMenu = ({ place: { object, x, y }, onClose }: { place: ObjectMenuPlace; onClose: () => void }) => {
  const app = useApp();
  const { store, callSession, player, attempt } = app;
  const state = store.getState();
  const { id } = object;
  const { isTracking, isEngineReady } = commandContext(state);
  const chosen = selectedObjects(state);
  const others = chosen.filter((other) => other.id !== id);
  const otherIds = others.map((other) => other.id);
  const targets = objectsOf(state).filter((other) => other.id !== id);
  const firstPrompt = object.prompts.reduce((least, { frame }) => Math.min(least, frame), Number.POSITIVE_INFINITY);
  const mergeInto = (other: TrackedObject): MenuItem => mergeItem(app, object, other, text.mergeInto(other.name));
  const mergeItems = (): MenuItem[] => {
    if (others.length > 0)
      return [
        {
          id: 'merge',
          label: text.mergeSelected(chosen.length, object.name),
          isDisabled: chosen.some(({ locked }) => locked),
          onSelect: () => void mergeObjects(app, [id, ...otherIds], id),
        },
      ];
    if (targets.length <= mostMergeEntries) return targets.map(mergeInto);
    return [{ id: 'merge', label: text.mergeOther, onSelect: () => store.setState({ mergingId: id }) }];
  };
  const items: (MenuItem | 'separator')[] = [
    { id: 'rename', label: text.rename, onSelect: () => store.setState({ selectedId: id, renamingId: id }) },
    { id: 'recolour', label: text.recolour, onSelect: () => store.setState({ selectedId: id, recoloringId: id }) },
    'separator',
    {
      id: 'solo',
      label: text.solo,
      isChecked: object.solo,
      onSelect: () => void attempt(callSession('object.update', { objectId: id, others: otherIds, solo: !object.solo })),
    },
    {
      id: 'lock',
      label: text.lock,
      isChecked: object.locked,
      onSelect: () => void attempt(callSession('object.update', { objectId: id, others: otherIds, locked: !object.locked })),
    },
    'separator',
    {
      id: 'prompt',
      label: text.goPrompt,
      isDisabled: object.prompts.length === 0,
      onSelect: () => player.seek(firstPrompt),
    },
    {
      id: 'first',
      label: text.goFirst,
      isDisabled: object.results.length === 0,
      onSelect: () => player.seek(object.results[0]?.[0] ?? 0),
    },
    {
      id: 'track',
      label: text.track,
      isDisabled: object.prompts.length === 0 || isTracking || !isEngineReady,
      onSelect: () => {
        player.follow();
        void attempt(callSession('track.start', { direction: state.trackDirection, objectIds: [id, ...otherIds] }));
      },
    },
    ...(targets.length > 0 ? (['separator'] as const) : []),
    ...mergeItems(),
    'separator',
    {
      id: 'remove',
      label: text.remove,
      isDanger: true,
      onSelect: () => void attempt(callSession('object.remove', { objectId: id, others: otherIds })),
    },
  ];
  return <Menu label={object.name} items={items} at={{ x, y }} onClose={onClose} />;
};

const mergeItem = (app: AppModel, object: TrackedObject, other: TrackedObject, label: string): MenuItem => ({
  id: `merge-${other.id}`,
  label,
  color: other.color,
  isDisabled: object.locked || other.locked,
  onSelect: () => void mergeObjects(app, [object.id, other.id], other.id),
});

/** Asks which object another is merged into. */
export const MergeMenu = () => {
  const app = useApp();
  const objects = useAppState(objectsOf);
  const object = useAppState((s) => objectsOf(s).find(({ id }) => id === s.mergingId));
  if (!object) return null;
  const row = document.querySelector(`[data-object="${object.id}"]`)?.getBoundingClientRect();
  const at = row ? { x: row.left + 24, y: row.bottom } : { x: window.innerWidth / 2, y: window.innerHeight / 3 };
  return (
    <Menu
      label={text.mergeOf(object.name)}
      items={objects.filter(({ id }) => id !== object.id).map((other) => mergeItem(app, object, other, text.mergeInto(other.name)))}
      at={at}
      onClose={() => app.store.setState({ mergingId: null })}
    />
  );
};
