/** The user's objects as an immutable list: every edit makes a new one, so that history can hold both. */
import { createHash } from 'node:crypto';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import type { Found } from '../../../shared/discovery.ts';
import { AppError } from '../../../shared/errors.ts';
import { nextColor } from '../../../shared/object-colors.ts';
import type { FramePrompt } from '../../../shared/prompts.ts';

export interface ObjectRecord {
  readonly id: number;
  readonly name: string;
  /** "#rrggbb" */
  readonly color: string;
  readonly visible: boolean;
  /** Shown alone, with others that are solo. */
  readonly solo: boolean;
  /** Neither prompts nor tracking change it. */
  readonly locked: boolean;
  /** How it was found, where nobody clicked it first. */
  readonly found?: Found | undefined;
  /** Where its masks are in the mask store; a merge gives an object new masks under a new number. */
  readonly maskKey: number;
  /** By frame, in the order the user first prompted each. */
  readonly prompts: readonly FramePrompt[];
}

/** In the order of the panel; later ones are painted over earlier ones. */
export type ObjectList = readonly ObjectRecord[];

export type ObjectChange = { [K in 'name' | 'color' | 'visible' | 'solo' | 'locked']?: ObjectRecord[K] | undefined };

export const findObject = (list: ObjectList, objectId: number): ObjectRecord => {
  const object = list.find(({ id }) => id === objectId);
  if (!object) throw new AppError('object-unknown', `There is no object ${objectId}. It may have been deleted in another window.`);
  return object;
};

/** An object without prompts, in a colour that no other has. */
export const newObject = (list: ObjectList, id: number, name = `Object ${id}`): ObjectRecord => ({
  ...{ id, name, color: nextColor(list.map(({ color }) => color)), maskKey: id },
  ...{ visible: true, solo: false, locked: false, prompts: [] },
});

/** Masks of frames as prompts; a frame without one has none. @param countsOn run lengths of a frame's mask */
export const maskPrompts = (
  frames: readonly number[],
  { width, height }: { width: number; height: number },
  countsOn: (frame: number) => string | undefined,
): FramePrompt[] =>
  frames.flatMap((frame) => {
    const counts = countsOn(frame);
    return counts === undefined ? [] : [{ frame, points: [], box: null, mask: { size: [height, width], counts } }];
  });

export const replaceObject = (list: ObjectList, object: ObjectRecord): ObjectList =>
  list.map((other) => (other.id === object.id ? object : other));

export const promptOn = ({ prompts }: ObjectRecord, frame: number): FramePrompt | undefined => prompts.find((p) => p.frame === frame);

/** @param prompt null removes the frame's prompts */
export const withPrompt = (before: ObjectRecord, frame: number, prompt: FramePrompt | null): ObjectRecord => {
  const object = touched(before);
  const others = object.prompts.filter((p) => p.frame !== frame);
  if (!prompt) return { ...object, prompts: others };
  const isThere = others.length < object.prompts.length;
  return { ...object, prompts: isThere ? object.prompts.map((p) => (p.frame === frame ? prompt : p)) : [...others, prompt] };
};

/** @throws AppError `bad-request` for a colour that is none */
export const changedObject = (object: ObjectRecord, change: ObjectChange): ObjectRecord => {
  if (change.color !== undefined && !/^#[0-9a-f]{6}$/.test(change.color))
    throw new AppError('bad-request', `"${change.color}" is not a colour. Use #rrggbb.`);
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const isTouched = change.name !== undefined || change.locked !== undefined;
  return { ...(isTouched ? touched(object) : object), ...given };
};

/** A found object that somebody changed or kept is the user's. */
export const touched = (object: ObjectRecord): ObjectRecord =>
  object.found?.isAuto ? { ...object, found: { ...object.found, isAuto: false } } : object;

/**
 * The objects that a run may change.
 * @throws AppError `object-locked` when all of those asked for that it could follow are locked
 */
export const trackableOf = (list: ObjectList, objectIds: readonly number[] | undefined): ObjectRecord[] => {
  const asked = objectIds ? objectIds.map((id) => findObject(list, id)) : list;
  const unlocked = asked.filter(({ locked }) => !locked);
  const isPrompted = ({ prompts }: ObjectRecord): boolean => prompts.length > 0;
  if (asked.length > unlocked.length && (unlocked.length === 0 || (asked.some(isPrompted) && !unlocked.some(isPrompted))))
    throw new AppError(
      'object-locked',
      'All objects to track are protected from changes. Remove the protection of one in the list of objects first.',
    );
  return unlocked;
};

/** How a change is called in the menu. */
export const labelOfChange = (change: ObjectChange): string => {
  if (change.name !== undefined) return 'Rename object';
  if (change.color !== undefined) return 'Change colour';
  if (change.visible !== undefined) return change.visible ? 'Show object' : 'Hide object';
  if (change.solo !== undefined) return change.solo ? 'Solo object' : 'Leave solo';
  if (change.locked !== undefined) return change.locked ? 'Protect object' : 'Unprotect object';
  return 'Change object';
};

/** @param ids all of the list, in another order. @throws AppError `bad-request` when they are not */
export const reordered = (list: ObjectList, ids: readonly number[]): ObjectList => {
  if (ids.length !== list.length || new Set(ids).size !== ids.length)
    throw new AppError('bad-request', 'The new order must list every object once. The list may have changed; try again.');
  return ids.map((id) => findObject(list, id));
};

/** What the prompts of an object say, to tell whether its tracked masks still follow from them. */
export const promptsKey = ({ prompts }: ObjectRecord): string => {
  let key = promptKeys.get(prompts);
  if (key === undefined) {
    const inOrder = [...prompts].sort((a, b) => a.frame - b.frame);
    key = createHash('sha256').update(JSON.stringify(inOrder)).digest('base64url').slice(0, 16);
    promptKeys.set(prompts, key);
  }
  return key;
};

/** Lists of prompts are immutable, and asked for with every state that is pushed. */
const promptKeys = new WeakMap<readonly FramePrompt[], string>();

/** True when the object is drawn: solo ones alone, when there are any. */
export const isShown = (object: Pick<TrackedObject, 'visible' | 'solo'>, all: readonly Pick<TrackedObject, 'solo'>[]): boolean =>
  all.some(({ solo }) => solo) ? object.solo : object.visible;
