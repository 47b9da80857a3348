/** Numbers of other widths as float32 bytes. Float16Array is not used: ONNX Runtime's callers hide it on Node 24. */
import type { Dtype } from './pickle-values.ts';

/** The little-endian float32 bytes of `data`, which holds whole numbers of `dtype`. */
export function toFloat32Bytes(data: Buffer, dtype: Dtype): Buffer {
  if (dtype === 'float32') return data;
  if (dtype === 'float16') return convert(data, 2, halfAt);
  if (dtype === 'bfloat16') return convertWords(data);
  if (dtype === 'float64') return convert(data, 8, (bytes, at) => bytes.readDoubleLE(at));
  throw new TypeError(`no float32 for ${dtype}`);
}

function convert(data: Buffer, width: number, read: (data: Buffer, at: number) => number): Buffer {
  const floats = new Float32Array(data.length / width);
  for (let index = 0; index < floats.length; index++) floats[index] = read(data, index * width);
  return Buffer.from(floats.buffer);
}

/** bfloat16 is the upper half of a float32. */
function convertWords(data: Buffer): Buffer {
  const words = new Uint32Array(data.length / 2);
  for (let index = 0; index < words.length; index++) words[index] = data.readUInt16LE(index * 2) << 16;
  return Buffer.from(words.buffer);
}

let halves: Float32Array | undefined;

function halfAt(data: Buffer, at: number): number {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits));
  return halves[data.readUInt16LE(at)]!;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
