/** Rounding to the bfloat16 grid: the official predictor stores memories in bf16 (rule 16). */

/**
 * What is remembered of an encoder's output (rule 16). A view is copied: it would hold those of others for as long as
 * this one is remembered.
 */
export const storedMemory = (memory: Float32Array): Float32Array =>
  roundToBf16(memory.byteLength < memory.buffer.byteLength ? memory.slice() : memory);

/** Rounds every element in place to the nearest bf16 value, ties to even. NaN stays NaN. */
export const roundToBf16 = (values: Float32Array): Float32Array => {
  // Signed, so that every step stays a 32-bit integer.
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i]!;
    if ((b & 0x7f800000) === 0x7f800000) {
      // Infinity stays; a NaN keeps its quiet bit.
      bits[i] = (b & 0x007fffff ? b | 0x00400000 : b) & 0xffff0000;
    } else {
      bits[i] = (b + 0x7fff + ((b >>> 16) & 1)) & 0xffff0000;
    }
  }
  return values;
};
