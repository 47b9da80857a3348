import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { WriteFailures } from './write-failures.ts';

const full = new AppError('disk-full', 'full');
const refused = new AppError('output-unwritable', 'refused');

describe('what several files say of being written', () => {
  it('is told once when the first fails and once when the last is well', () => {
    const told: (AppError | null)[] = [];
    const failures = new WriteFailures((error) => told.push(error));
    failures.tell('a', null);
    failures.tell('a', full);
    failures.tell('b', refused);
    expect(told).toEqual([full]);
    failures.tell('a', null);
    expect(failures.error).toBe(refused);
    expect(told).toEqual([full]);
    failures.tell('b', null);
    expect(told).toEqual([full, null]);
    expect(failures.error).toBeNull();
    failures.tell('a', refused);
    expect(told).toEqual([full, null, refused]);
  });
});
