/** What the commands on objects do. Those that mean the selection mean all of it, in one step. */
import type { CommandId } from '../../shared/commands.ts';
import type { TrackedObject } from '../../shared/contract/state.ts';
import { type AppStore, addToast } from '../state/app-store.ts';
import { objectsOf, selectedObjects, type WindowState } from '../state/window-state.ts';
import { mergeObjects, tellIfMerging } from './merge-objects.ts';
import { runnerText } from './strings.ts';
import type { WindowParts } from './window-parts.ts';

type ObjectCommand = Extract<CommandId, `object.${string}`>;

type Parts = Pick<WindowParts, 'callSession' | 'store' | 'prompts' | 'attempt'>;

const idsOf = (state: WindowState): number[] => objectsOf(state).map(({ id }) => id);

/** Adds the object beside the selection to it. @param by where in the list */
const extend = (store: AppStore, by: 1 | -1): void => {
  const state = store.getState();
  const ids = idsOf(state);
  const chosen = selectedObjects(state).map(({ id }) => ids.indexOf(id));
  const next = ids[by === 1 ? Math.max(...chosen) + 1 : Math.min(...chosen) - 1];
  if (next !== undefined) store.setState({ alsoSelected: [...state.alsoSelected, next] });
};

export const createObjectRunners = ({ callSession, store, prompts, attempt }: Parts): Record<ObjectCommand, (chord: string) => void> => {
  /** @param work told of the object that clicks refine, and of those selected beside it */
  const onSelection = (work: (object: TrackedObject, others: number[]) => Promise<unknown>): void => {
    const { selectedId } = store.getState();
    const chosen = selectedObjects(store.getState());
    const object = chosen.find(({ id }) => id === selectedId);
    const others = chosen.filter(({ id }) => id !== selectedId).map(({ id }) => id);
    if (object && !tellIfMerging(store, [object.id, ...others])) void attempt(work(object, others));
  };

  const toggle = (key: 'visible' | 'solo' | 'locked') => (): void =>
    onSelection((object, others) => callSession('object.update', { objectId: object.id, others, [key]: !object[key] }));

  const select = (index: number): void => {
    const object = objectsOf(store.getState())[index];
    if (object) store.setState({ selectedId: object.id, alsoSelected: [] });
  };

  const selectBeside = (by: 1 | -1) => (): void => {
    const ids = idsOf(store.getState());
    const index = ids.indexOf(store.getState().selectedId ?? -1);
    select(index < 0 ? (by === 1 ? 0 : ids.length - 1) : Math.min(ids.length - 1, Math.max(0, index + by)));
  };

  const move = (by: 1 | -1) => (): void => {
    const ids = idsOf(store.getState());
    const from = ids.indexOf(store.getState().selectedId ?? -1);
    const to = from + by;
    if (from < 0 || to < 0 || to >= ids.length) return;
    ids.splice(to, 0, ...ids.splice(from, 1));
    void attempt(callSession('object.reorder', { objectIds: ids }));
  };

  const merge = (): void => {
    const { selectedId } = store.getState();
    if (selectedObjects(store.getState()).length < 2) store.setState({ mergingId: selectedId });
    else onSelection(({ id }, others) => mergeObjects({ store, callSession, attempt }, [id, ...others], id));
  };

  const showAll = (): void => {
    store.setState({ areMasksVisible: true });
    const [first, ...others] = objectsOf(store.getState())
      .filter(({ visible, solo }) => !visible || solo)
      .map(({ id }) => id);
    if (first !== undefined) void attempt(callSession('object.update', { objectId: first, others, visible: true, solo: false }));
  };

  const selectAll = (): void => {
    const ids = idsOf(store.getState());
    const { selectedId } = store.getState();
    const first = selectedId ?? ids[0] ?? null;
    store.setState({ selectedId: first, alsoSelected: ids.filter((id) => id !== first) });
    if (first === null) addToast(store, 'info', runnerText.noObject);
  };

  return {
    'object.add': () => void prompts.addObject(),
    'object.remove': () => onSelection(({ id }, others) => callSession('object.remove', { objectId: id, others })),
    'object.removeLastPoint': () => void prompts.removeLastPoint(),
    'object.clearFrame': () => void prompts.clearFrame(),
    'object.toggleVisible': toggle('visible'),
    'object.toggleSolo': toggle('solo'),
    'object.toggleLocked': toggle('locked'),
    'object.moveUp': move(-1),
    'object.moveDown': move(1),
    'object.showAll': showAll,
    'object.rename': () => store.setState((s) => ({ renamingId: s.selectedId })),
    'object.recolor': () => store.setState((s) => ({ recoloringId: s.selectedId })),
    'object.selectNext': selectBeside(1),
    'object.selectPrevious': selectBeside(-1),
    'object.selectAll': selectAll,
    'object.extendUp': () => extend(store, -1),
    'object.extendDown': () => extend(store, 1),
    'object.merge': merge,
    'object.select': (chord) => select(Number(chord.slice(-1)) - 1),
    'object.finish': () => store.setState({ selectedId: null, promptLabel: 1 }),
  };
};
