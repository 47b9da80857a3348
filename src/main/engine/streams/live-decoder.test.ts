import { expect, it } from 'vitest';
import { headerOf } from './live-decoder.ts';

it("a stream's header ends with its first cluster", () => {
  expect(headerOf(Buffer.from('0011221f43b675aa1f43b675', 'hex')).toString('hex')).toBe('001122');
  expect(headerOf(Buffer.from('001122', 'hex')).length).toBe(0);
});
