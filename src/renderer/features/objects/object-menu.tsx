/** What can be done with one object, where it was right-clicked. */
import type { TrackedObject } from '../../../shared/contract.ts';
import { useApp } from '../../app/app-context.ts';
import { commandContext, objectsOf } from '../../state/window-state.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { objectText } from './strings.ts';

export interface ObjectMenuPlace {
  object: TrackedObject;
  x: number;
  y: number;
}

const text = objectText.menu;
const mostMergeEntries = 8;

export const ObjectMenu = ({ place: { object, x, y }, onClose }: { place: ObjectMenuPlace; onClose: () => void }) => {
  const { store, client, player, attempt } = useApp();
  const state = store.getState();
  const { id } = object;
  const { isTracking, isEngineReady } = commandContext(state);
  const others = objectsOf(state)
    .filter((other) => other.id !== id)
    .slice(0, mostMergeEntries);
  const firstPrompt = object.prompts.reduce((least, { frame }) => Math.min(least, frame), Number.POSITIVE_INFINITY);
  const items: (MenuItem | 'separator')[] = [
    { id: 'rename', label: text.rename, onSelect: () => store.setState({ selectedId: id, renamingId: id }) },
    { id: 'recolour', label: text.recolour, onSelect: () => store.setState({ selectedId: id, recoloringId: id }) },
    'separator',
    {
      id: 'solo',
      label: text.solo,
      isChecked: object.solo,
      onSelect: () => void attempt(client.call('object.update', { objectId: id, solo: !object.solo })),
    },
    {
      id: 'lock',
      label: text.lock,
      isChecked: object.locked,
      onSelect: () => void attempt(client.call('object.update', { objectId: id, locked: !object.locked })),
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
        void attempt(client.call('track.start', { direction: state.trackDirection, objectIds: [id] }));
      },
    },
    ...(others.length > 0 ? (['separator'] as const) : []),
    ...others.map(
      (other): MenuItem => ({
        id: `merge-${other.id}`,
        label: text.mergeInto(other.name),
        color: other.color,
        isDisabled: object.locked || other.locked,
        onSelect: () => void attempt(client.call('object.merge', { objectIds: [id, other.id], into: other.id })),
      }),
    ),
    'separator',
    {
      id: 'remove',
      label: text.remove,
      isDanger: true,
      onSelect: () => void attempt(client.call('object.remove', { objectId: id })),
    },
  ];
  return <Menu label={object.name} items={items} at={{ x, y }} onClose={onClose} />;
};
