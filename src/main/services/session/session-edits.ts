/**
 * Everything the user does to objects and prompts, and undo of it. The list of objects and the stored masks are the
 * truth; the engine is told what changed, and after an undo what changed back.
 */
import type { CandidateMask } from '../../../shared/candidates.ts';
import type { TrackedObject } from '../../../shared/contract/state.ts';
import { AppError } from '../../../shared/errors.ts';
import { type Box, type CompressedMask, type FramePrompt, isEmptyPrompt, type PromptPoint } from '../../../shared/prompts.ts';
import { isSameEntry, markOf, type ReviewMark } from '../../../shared/review.ts';
import type { HistoryState, MarksChange } from '../../../shared/session-state.ts';
import { SerialQueue } from '../../common/serial-queue.ts';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { EngineResult } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { MaskStore } from '../results/mask-store.ts';
import { type CandidatePlace, candidateCount, listCandidates, nextCandidate, requireClicks, takeCandidate } from './candidate-masks.ts';
import { checkFrame, checkInside, checkMask, checkPositive } from './check-prompt.ts';
import { syncPrompts, tellEngine } from './engine-prompts.ts';
import { type FoundObject, foundRecords, withAutomatic } from './found-objects.ts';
import { exchange } from './history.ts';
import { type KeptWork, type MaskChange, WorkHistory, type WorkState, type WorkStep } from './kept-work.ts';
import { changedMarks, labelOfMarks } from './marks.ts';
import {
  changedObject,
  findObject,
  labelOfChange,
  maskPrompts,
  newObject,
  type ObjectChange,
  type ObjectList,
  type ObjectRecord,
  promptOn,
  promptsKey,
  reordered,
  replaceObject,
  touched,
  trackableOf,
  withPrompt,
} from './object-list.ts';
import { labelFor, labelOfPrompt } from './step-labels.ts';

/** The oldest marks of the review list give way. */
const mostReviewed = 1000;

export interface EditsDeps {
  sessionId: string;
  media: Pick<OpenedMedia, 'width' | 'height' | 'frameCount'>;
  store: MaskStore;
  engine: () => EnginePeer;
  /** Resolves when the engine knows the prompts that were there before. */
  isReady: () => Promise<void>;
  logitSize: () => number;
  /** Overlays of a frame changed. */
  onFrame: (frame: number) => void;
  onChange: () => void;
  /** Work to keep; called before the change is acknowledged. @param step null = no step of the history */
  onWork: (work: KeptWork, step: WorkStep | null) => void;
}

export class SessionEdits {
  readonly #deps: EditsDeps;
  readonly #history: WorkHistory;
  #work: KeptWork;
  readonly #queue = new SerialQueue();

  constructor(deps: EditsDeps, work: KeptWork, history = new WorkHistory()) {
    this.#deps = deps;
    this.#history = history;
    this.#work = work;
    deps.store.setMaskKeys(work.objects);
  }

  get list(): ObjectList {
    return this.#work.objects;
  }

  get work(): KeptWork {
    return this.#work;
  }

  get labels(): HistoryState {
    return this.#history.labels;
  }

  has(objectId: number): boolean {
    return this.list.some(({ id }) => id === objectId);
  }

  get view(): TrackedObject[] {
    const { store } = this.#deps;
    return this.list.map((object) => {
      const { maskKey, prompts, ...rest } = object;
      const trackedWith = this.#work.trackedWith[maskKey];
      return {
        ...rest,
        stale: trackedWith !== undefined && trackedWith !== promptsKey(object),
        laneRevision: store.revision(object.id),
        prompts: [...prompts],
        results: store.ranges(object.id),
        foundFrames: store.seen(object.id),
      };
    });
  }

  /** The objects that a run may change. @throws AppError `object-locked` when it could follow only locked ones */
  trackable(objectIds: readonly number[] | undefined): ObjectRecord[] {
    return trackableOf(this.list, objectIds);
  }

  /** A run over these objects is done: their masks follow from the prompts they had. */
  settle(objects: readonly ObjectRecord[]): void {
    const keys = objects.filter(({ prompts }) => prompts.length > 0).map((object) => [object.maskKey, promptsKey(object)]);
    this.#keep({ trackedWith: { ...this.#work.trackedWith, ...Object.fromEntries(keys) } });
  }

  /** An end that is left out stays, unless it would lie beyond the other. Marks that are there already are no step. */
  setMarks(change: MarksChange): void {
    const { marks } = this.#work;
    const next = changedMarks(marks, change);
    for (const frame of [next.in, next.out]) if (frame !== null) checkFrame(frame, this.#deps.media);
    if (next.in === marks.in && next.out === marks.out) return;
    this.#commit(labelOfMarks(marks, next), { marks: next });
  }

  setPosition(frame: number): void {
    checkFrame(frame, this.#deps.media);
    this.#keep({ position: frame });
  }

  /** An entry of the review list was looked at, or is to be looked at again. It is no step of the history. */
  setReviewed(mark: ReviewMark, isDone: boolean): void {
    const others = this.#work.reviewed.filter((known) => !isSameEntry(known, mark));
    if (!isDone && others.length === this.#work.reviewed.length) return;
    this.#keep({ reviewed: (isDone ? [...others, markOf(mark)] : others).slice(-mostReviewed) });
  }

  addObject(name?: string): number {
    const id = this.#work.nextId;
    const object = newObject(this.list, id, name);
    this.#work = { ...this.#work, nextId: id + 1 };
    this.#commit('Add object', { objects: [...this.list, object] });
    return id;
  }

  /** Objects that come while a source is live: no steps of the history, and not for the engine's tracker. */
  addAutomatic(found: readonly FoundObject[]): ObjectRecord[] {
    const records = foundRecords(found, this.#work, this.#deps.media).map(({ record }) => record);
    const objects = [...this.list, ...records];
    this.#deps.store.setMaskKeys(objects);
    this.#keep({ objects, nextId: this.#work.nextId + records.length });
    return records;
  }

  /** What a search found becomes objects, as one step. @returns their ids */
  addFound(objects: readonly FoundObject[]): Promise<number[]> {
    if (objects.length === 0) return Promise.resolve([]);
    const { store, media } = this.#deps;
    return this.#inOrder(async () => {
      const before = this.list;
      const added = foundRecords(objects, this.#work, media);
      const records = added.map(({ record }) => record);
      store.setMaskKeys([...before, ...records]);
      store.batch(() => {
        for (const { results } of added) for (const { frame, result } of results) store.put(frame, result);
      });
      const keys = records.map((record) => [record.maskKey, promptsKey(record)]);
      this.#work = {
        ...this.#work,
        nextId: this.#work.nextId + records.length,
        trackedWith: { ...this.#work.trackedWith, ...Object.fromEntries(keys) },
      };
      this.#commit(
        labelFor(
          'Find object',
          records.map(({ id }) => id),
        ),
        { objects: [...before, ...records] },
      );
      await syncPrompts(this.#deps, before, this.list);
      this.#deps.onFrame(this.#work.position);
      return records.map(({ id }) => id);
    });
  }

  /** Does something at once that is to come behind what is still under way. */
  afterOthers<T>(work: () => T): Promise<T> {
    return this.#queue.run(async () => work());
  }

  updateObject(objectId: number, change: ObjectChange): void {
    this.updateObjects([objectId], change);
  }

  /** One step, however many they are. */
  updateObjects(objectIds: readonly number[], change: ObjectChange): void {
    this.changeObjects(labelOfChange(change), objectIds, (object) => changedObject(object, change));
  }

  /** One step, however many they are. @param label of one object: "Keep object" */
  changeObjects(label: string, objectIds: readonly number[], change: (object: ObjectRecord, list: ObjectList) => ObjectRecord): void {
    let objects = this.list;
    for (const id of new Set(objectIds)) objects = replaceObject(objects, change(findObject(objects, id), objects));
    this.#commit(labelFor(label, objectIds), { objects });
  }

  reorder(objectIds: readonly number[]): void {
    this.#commit('Reorder objects', { objects: reordered(this.list, objectIds) });
  }

  removeObject(objectId: number): Promise<void> {
    return this.removeObjects([objectId]);
  }

  /** One step for all. @throws AppError `object-locked` when one of them is locked; then none is removed */
  removeObjects(objectIds: readonly number[]): Promise<void> {
    const ids = new Set(objectIds);
    return this.#inOrder(async () => {
      for (const id of ids) this.#unlocked(id);
      const frames = new Set([...ids].flatMap((id) => this.#deps.store.ranges(id)[0]?.[0] ?? []));
      this.#commit(labelFor('Delete object', objectIds), { objects: this.list.filter(({ id }) => !ids.has(id)) });
      for (const frame of frames) this.#deps.onFrame(frame);
      await tellEngine(this.#deps, async (engine) => {
        for (const objectId of ids) await engine.call('removeObject', { sessionId: this.#deps.sessionId, objectId });
      });
    });
  }

  setPoints(objectId: number, frame: number, points: PromptPoint[], box: Box | null): Promise<void> {
    const prompt: FramePrompt = { frame, points, box, mask: null };
    if (isEmptyPrompt(prompt)) return this.clearPrompts(objectId, frame);
    const { sessionId, store, engine, media, logitSize } = this.#deps;
    return this.#inOrder(async () => {
      const former = promptOn(this.#unlocked(objectId), frame);
      checkFrame(frame, media);
      checkInside(prompt, media);
      const prior = store.priorLogits(objectId, frame, logitSize());
      checkPositive(prompt, prior !== null);
      const result = await engine().call('setPoints', { sessionId, objectId, frame, points, box, prior, candidate: null });
      this.#prompted(labelOfPrompt(former, prompt), objectId, frame, prompt, result);
    });
  }

  /**
   * Takes another of the model's masks for the points of a frame.
   * @param index 0..3, or undefined for the next one that is another mask than the one there
   * @throws AppError `prompt-invalid` where there are no points
   */
  chooseCandidate(objectId: number, frame: number, index?: number): Promise<{ index: number; count: number }> {
    const place = this.#candidatePlace(objectId, frame);
    return this.#inOrder(async () => {
      const former = requireClicks(promptOn(this.#unlocked(objectId), frame));
      const { candidate, result } =
        index === undefined
          ? await nextCandidate(place, former, this.#deps.store.get(objectId, frame)?.counts)
          : { candidate: index, result: await takeCandidate(place, former, index) };
      this.#prompted('Choose mask', objectId, frame, { ...former, candidate }, result);
      return { index: candidate, count: candidateCount };
    });
  }

  /**
   * Those of the model's masks for the points of a frame that look different. Nothing is chosen by it.
   * @throws AppError `prompt-invalid` where there are no points
   */
  candidates(objectId: number, frame: number): Promise<CandidateMask[]> {
    const place = this.#candidatePlace(objectId, frame);
    const prior = (): Float32Array<ArrayBuffer> | null => this.#deps.store.priorLogits(objectId, frame, this.#deps.logitSize());
    return this.#inOrder(() => listCandidates(place, requireClicks(promptOn(this.#unlocked(objectId), frame)), prior()));
  }

  #candidatePlace(objectId: number, frame: number): CandidatePlace {
    const { sessionId, engine, media } = this.#deps;
    return { sessionId, objectId, frame, engine, size: media };
  }

  setMask(objectId: number, frame: number, mask: CompressedMask): Promise<void> {
    return this.#inOrder(async () => {
      this.#unlocked(objectId);
      checkFrame(frame, this.#deps.media);
      checkMask(mask);
      const result = await this.#deps.engine().call('setMask', { sessionId: this.#deps.sessionId, objectId, frame, mask });
      this.#prompted('Paint mask', objectId, frame, { frame, points: [], box: null, mask }, result);
    });
  }

  clearPrompts(objectId: number, frame: number): Promise<void> {
    return this.#inOrder(async () => {
      const object = withPrompt(this.#unlocked(objectId), frame, null);
      await this.#deps.engine().call('clearPrompts', { sessionId: this.#deps.sessionId, objectId, frame });
      const before = this.#deps.store.row(objectId, frame);
      // A mask that came from this prompt alone goes with it; a tracked one stays until it is tracked again.
      const isGone = object.prompts.length === 0 || before?.prompted === true;
      if (isGone) this.#deps.store.remove(objectId, frame);
      const changes = isGone && before ? [{ key: { objectId, frame }, before, after: null }] : [];
      this.#commit('Clear prompts', { objects: replaceObject(this.list, object) }, changes);
      this.#deps.onFrame(frame);
    });
  }

  /** @param into stays, with the union of the masks; prompted frames of all become mask prompts of the union */
  merge(objectIds: readonly number[], into: number): Promise<void> {
    const { store, media } = this.#deps;
    return this.#inOrder(async () => {
      const ids = [...new Set([into, ...objectIds])];
      if (ids.length < 2) throw new AppError('bad-request', 'Choose at least two objects to merge.');
      const objects = ids.map((id) => this.#unlocked(id));
      const maskKey = this.#work.nextMaskKey;
      await store.writeUnion(maskKey, ids, media);
      const before = this.list;
      const frames = [...new Set(objects.flatMap(({ prompts }) => prompts.map(({ frame }) => frame)))].sort((a, b) => a - b);
      const merged: ObjectRecord = { ...touched(objects[0]!), maskKey, prompts: [] };
      const others = before.filter(({ id }) => id === into || !ids.includes(id));
      store.setMaskKeys(replaceObject(others, merged));
      const object = { ...merged, prompts: maskPrompts(frames, media, (frame) => store.get(into, frame)?.counts) };
      this.#work = {
        ...this.#work,
        nextMaskKey: maskKey + 1,
        trackedWith: { ...this.#work.trackedWith, [maskKey]: promptsKey(object) },
      };
      this.#commit('Merge objects', { objects: replaceObject(others, object) });
      await syncPrompts(this.#deps, before, this.list);
      this.#deps.onFrame(store.ranges(into)[0]?.[0] ?? 0);
    });
  }

  /** @returns the label of what was taken back, null when there was nothing */
  undo(): Promise<string | null> {
    return this.#step('undo');
  }

  redo(): Promise<string | null> {
    return this.#step('redo');
  }

  #step(direction: 'undo' | 'redo'): Promise<string | null> {
    return this.#inOrder(async () => {
      const edit = direction === 'undo' ? this.#history.undo() : this.#history.redo();
      if (!edit) return null;
      const former = this.list;
      const { store, onFrame } = this.#deps;
      const [from, target] = direction === 'undo' ? [edit.after, edit.before] : [edit.before, edit.after];
      const list = withAutomatic(target.objects, from.objects, former);
      // Masks are exchanged while their objects are there: before an undo of "add", after a redo of it.
      store.setMaskKeys([...list, ...former.filter(({ id }) => !list.some((object) => object.id === id))]);
      for (const change of edit.changes) {
        const { objectId, frame } = change.key;
        const outcome = exchange(change, direction, store.row(objectId, frame), ({ prompted }) => !prompted);
        if (outcome) store.setRow(objectId, frame, outcome.value);
      }
      store.setMaskKeys(list);
      this.#keep({ ...target, objects: list }, { kind: direction, changes: edit.changes });
      await syncPrompts(this.#deps, former, list);
      for (const frame of new Set(edit.changes.map(({ key }) => key.frame))) onFrame(frame);
      if (edit.changes.length === 0 && list !== former) onFrame(this.#work.position);
      return edit.label;
    });
  }

  #prompted(label: string, objectId: number, frame: number, prompt: FramePrompt, result: EngineResult): void {
    const { store, onFrame } = this.#deps;
    const object = withPrompt(findObject(this.list, objectId), frame, prompt);
    const before = store.row(objectId, frame);
    store.put(frame, result);
    const change = { key: { objectId, frame }, before, after: store.row(objectId, frame) };
    this.#commit(label, { objects: replaceObject(this.list, object) }, [change]);
    onFrame(frame);
  }

  #commit(label: string, change: Partial<WorkState>, changes: MaskChange[] = []): void {
    const { objects, marks } = this.#work;
    const after = { objects, marks, ...change };
    this.#history.push({ label, before: { objects, marks }, after, changes });
    this.#deps.store.setMaskKeys(after.objects);
    this.#keep(after, { kind: 'do', label, changes });
  }

  #keep(change: Partial<KeptWork>, step: WorkStep | null = null): void {
    this.#work = { ...this.#work, ...change };
    this.#deps.onWork(this.#work, step);
    this.#deps.onChange();
  }

  #unlocked(objectId: number): ObjectRecord {
    const object = findObject(this.list, objectId);
    if (object.locked)
      throw new AppError(
        'object-locked',
        `${object.name} is protected from changes. Remove the protection in its menu in the list of objects.`,
      );
    return object;
  }

  /** For what the engine takes part in. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      await this.#deps.isReady();
      return work();
    });
  }
}
