/**
 * Reads the pickle of a PyTorch checkpoint as data. A pickle is a program for a stack machine; this machine knows only
 * the instructions that build containers, numbers, strings and tensor descriptions, and only the names in
 * `allowedGlobals`. There is no code path from a pickle to a call of anything: an instruction or name that is not
 * listed ends the reading.
 */
import { PickleBytes } from './pickle-bytes.ts';
import { putPairs, rebuild, storageOf } from './pickle-rebuild.ts';
import { allowedGlobals, isDict, type PickleValue } from './pickle-values.ts';
import { damaged, refused, saveAgain, unsupported } from './refusal.ts';

export interface PickleLimits {
  readonly instructions: number;
  readonly stack: number;
  readonly depth: number;
  readonly memo: number;
  readonly textBytes: number;
}

/**
 * Several times what SAM 2.1 large with an optimizer needs, and little enough that nothing a pickle builds fills the
 * memory.
 */
export const pickleLimits: PickleLimits = { instructions: 600_000, stack: 100_000, depth: 200, memo: 300_000, textBytes: 4096 };

/** The value of a pickle. Throws 'checkpoint-refused' or 'checkpoint-unsupported'. */
export function readPickle(data: Buffer, limits: PickleLimits = pickleLimits): PickleValue {
  const bytes = new PickleBytes(data, limits.textBytes);
  if (bytes.byte() !== 0x80) throw refused('its data.pkl is not a pickle of protocol 2 or later');
  const protocol = bytes.byte();
  if (protocol < 2 || protocol > 5) throw refused(`its pickle has the protocol ${protocol}`);

  const machine = new PickleMachine(bytes);
  for (let count = 0; count < limits.instructions; count++) {
    const code = bytes.byte();
    if (code === stop) return machine.finish();
    const instruction = instructions.get(code);
    if (instruction === undefined) throw unknownInstruction(code, bytes.position - 1);
    instruction(machine, bytes);
    if (machine.exceeds(limits)) throw refused('its pickle is nested too deeply or too large');
  }
  throw refused('its pickle never ends');
}

const stop = 0x2e;

type Instruction = (machine: PickleMachine, bytes: PickleBytes) => void;

/** The whole allow-list of instructions. */
const instructions: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m, b) => m.push(b.int32())], // BININT
  [0x4b, (m, b) => m.push(b.byte())], // BININT1
  [0x4d, (m, b) => m.push(b.uint16())], // BININT2
  [0x8a, (m, b) => m.push(b.long())], // LONG1
  [0x47, (m, b) => m.push(b.double())], // BINFLOAT
  [0x58, (m, b) => m.push(b.text())], // BINUNICODE
  [0x71, (m, b) => m.remember(b.byte())], // BINPUT
  [0x72, (m, b) => m.remember(b.uint32())], // LONG_BINPUT
  [0x68, (m, b) => m.recall(b.byte())], // BINGET
  [0x6a, (m, b) => m.recall(b.uint32())], // LONG_BINGET
  [0x28, (m) => m.mark()], // MARK
  [0x29, (m) => m.pushTuple([])], // EMPTY_TUPLE
  [0x85, (m) => m.pushTuple(m.popMany(1))], // TUPLE1
  [0x86, (m) => m.pushTuple(m.popMany(2))], // TUPLE2
  [0x87, (m) => m.pushTuple(m.popMany(3))], // TUPLE3
  [0x74, (m) => m.pushTuple(m.popToMark())], // TUPLE
  [0x5d, (m) => m.push({ kind: 'list', items: [] })], // EMPTY_LIST
  [0x61, (m) => m.append(m.popMany(1))], // APPEND
  [0x65, (m) => m.append(m.popToMark())], // APPENDS
  [0x7d, (m) => m.push({ kind: 'dict', isOrdered: false, entries: new Map() })], // EMPTY_DICT
  [0x73, (m) => m.setItems(m.popMany(2))], // SETITEM
  [0x75, (m) => m.setItems(m.popToMark())], // SETITEMS
  [0x63, (m, b) => m.pushGlobal(b.line(), b.line())], // GLOBAL
  [0x52, (m) => m.reduce()], // REDUCE
  [0x51, (m) => m.push(storageOf(m.pop()))], // BINPERSID
  [0x62, (m) => m.ignoreAttributes()], // BUILD
]);

/** SHORT_BINUNICODE, MEMOIZE, FRAME: a sound pickle of a protocol that torch.save uses only when told to. */
const newerInstructions: ReadonlySet<number> = new Set([0x8c, 0x94, 0x95]);

function unknownInstruction(code: number, position: number) {
  const instruction = `0x${code.toString(16).padStart(2, '0')}`;
  if (newerInstructions.has(code)) return unsupported('it was saved with a newer pickle protocol than 2', saveAgain, { instruction });
  return refused(`its pickle uses the instruction ${instruction}, which no state dict needs`, { instruction, position });
}

class PickleMachine {
  readonly #bytes: PickleBytes;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at the open MARKs; nothing below the last one can be taken. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: PickleBytes) {
    this.#bytes = bytes;
  }

  exceeds(limits: PickleLimits): boolean {
    return this.#stack.length > limits.stack || this.#marks.length > limits.depth || this.#memo.size > limits.memo;
  }

  finish(): PickleValue {
    if (!this.#bytes.isAtEnd) throw refused('its pickle is followed by other data');
    const value = this.pop();
    if (this.#stack.length > 0) throw damaged('its pickle leaves values behind');
    return value;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pushTuple(items: PickleValue[]): void {
    this.push({ kind: 'tuple', items });
  }

  pushGlobal(module: string, name: string): void {
    const known = allowedGlobals.get(`${module} ${name}`);
    if (known === undefined) throw unknownGlobal(module, name);
    this.push(known);
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  pop(): PickleValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  popMany(count: number): PickleValue[] {
    if (this.#stack.length - count < this.#floor()) throw damaged('its pickle takes values that are not there');
    return this.#stack.splice(this.#stack.length - count, count);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw damaged('its pickle closes a group that was not opened');
    return this.#stack.splice(mark);
  }

  remember(slot: number): void {
    this.#memo.set(slot, this.#top());
  }

  recall(slot: number): void {
    const value = this.#memo.get(slot);
    if (value === undefined) throw damaged('its pickle refers to a value that is not there');
    this.push(value);
  }

  append(items: PickleValue[]): void {
    const target = this.#top();
    if (typeof target !== 'object' || target?.kind !== 'list') throw damaged('its pickle appends to something that is not a list');
    for (const item of items) target.items.push(item);
  }

  setItems(pairs: PickleValue[]): void {
    const target = this.#top();
    if (!isDict(target) || pairs.length % 2 !== 0) throw damaged('its pickle sets items of something that is not a dict');
    putPairs(target, pairs);
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    const isTuple = typeof args === 'object' && args?.kind === 'tuple';
    if (!isTuple || typeof callee !== 'object' || callee?.kind !== 'global') {
      throw refused('its pickle calls something that is not a known constructor');
    }
    this.push(rebuild(callee.means, args.items));
  }

  /** Attributes of an OrderedDict (`_metadata` of a state dict) say nothing that we need. */
  ignoreAttributes(): void {
    const state = this.pop();
    const target = this.#top();
    if (isDict(target) && target.isOrdered && isDict(state)) return;
    throw refused('its pickle sets attributes of something that is not a state dict');
  }

  #top(): PickleValue {
    const value = this.#stack.length > this.#floor() ? this.#stack.at(-1) : undefined;
    if (value === undefined) throw damaged('its pickle takes a value that is not there');
    return value;
  }

  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }
}

function unknownGlobal(module: string, name: string) {
  const python = `${module}.${name}`;
  if (/^torch(\.storage)?\.\w+Storage$|^torch\._utils\._rebuild_\w+$/.test(python)) {
    return unsupported(`it holds tensors of a kind that SAM 2 has not (${python})`, saveAgain, { global: python });
  }
  return refused(`loading it in Python would import or call "${python}", and a checkpoint of SAM 2 holds nothing but tensors`, {
    global: python,
  });
}
