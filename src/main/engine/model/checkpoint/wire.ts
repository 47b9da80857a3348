/**
 * The protobuf wire format, as much as rewriting a message needs: fields in the order of the file, each with the bytes
 * it had, so that a field nobody asked about is written back exactly as it came.
 */
import { AppError } from '../../../../shared/errors.ts';

export interface WireField {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly type: number;
  /** The whole field with its tag. */
  readonly raw: Uint8Array;
  /** The content of a length-delimited field, else the bytes of the number. */
  readonly body: Uint8Array;
}

export function brokenGraph(reason: string, details: Record<string, unknown> = {}): AppError {
  return new AppError('model-corrupt', `A graph of the model is not valid ONNX: ${reason}. Remove the model and install it again.`, {
    details,
  });
}

/** The fields of a message, one after the other. */
export function* readFields(message: Uint8Array): Generator<WireField> {
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    const number = Number(tag.value >> 3n);
    const type = Number(tag.value & 7n);
    if (number < 1 || number >= 2 ** 29) throw brokenGraph(`there is a field with the number ${number}`);
    const [bodyStart, end] = bodyRange(message, tag.end, type);
    if (end > message.length) throw brokenGraph('it is cut short');
    yield { number, type, raw: message.subarray(at, end), body: message.subarray(bodyStart, end) };
    at = end;
  }
}

function bodyRange(message: Uint8Array, at: number, type: number): [number, number] {
  if (type === 0) return [at, readVarint(message, at).end];
  if (type === 1) return [at, at + 8];
  if (type === 5) return [at, at + 4];
  if (type !== 2) throw brokenGraph(`there is a field of the type ${type}`);
  const length = readVarint(message, at);
  return [length.end, length.end + toSafeNumber(length.value)];
}

export function readVarint(bytes: Uint8Array, start: number): { value: bigint; end: number } {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw brokenGraph('it is cut short');
    value |= BigInt(byte & 0x7f) << BigInt(index * 7);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + index + 1 };
  }
  throw brokenGraph('a number in it is too long');
}

/** The numbers of a repeated varint field, which may be packed into one field or stand alone. */
export function readVarints(field: WireField): number[] {
  if (field.type === 0) return [toSafeNumber(readVarint(field.body, 0).value)];
  if (field.type !== 2) throw brokenGraph('a list of numbers has another type');
  const numbers: number[] = [];
  for (let at = 0; at < field.body.length; ) {
    const { value, end } = readVarint(field.body, at);
    numbers.push(toSafeNumber(value));
    at = end;
  }
  return numbers;
}

export function readText(field: WireField): string {
  if (field.type !== 2) throw brokenGraph('a text has another type');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(field.body);
  } catch {
    throw brokenGraph('a text is not UTF-8');
  }
}

export function varintField(number: number, value: number): Uint8Array {
  return Buffer.from([...varint(number * 8), ...varint(value)]);
}

export function bytesField(number: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(body.length)]), body]);
}

export function textField(number: number, text: string): Uint8Array {
  return bytesField(number, Buffer.from(text));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

function toSafeNumber(value: bigint): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw brokenGraph('a number in it is negative or too large');
}
