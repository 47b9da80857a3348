import { describe, expect, it } from 'vitest';
import { compareNames, formatCount, formatMoment, plural, pluralForm } from './language.ts';

describe('plural', () => {
  it('gives the noun the form that its count asks for', () => {
    expect([0, 1, 2, 12_345].map((count) => plural(count, 'frame'))).toEqual(['0 frames', '1 frame', '2 frames', '12,345 frames']);
    expect(plural(3, 'branch', 'branches')).toBe('3 branches');
    expect([1, 2].map((count) => pluralForm(count, 'exists', 'exist'))).toEqual(['exists', 'exist']);
  });
});

it('groups the digits of large counts', () => expect(formatCount(1_234_567)).toBe('1,234,567'));

it('writes a moment the same whether it is a number or an ISO date', () => {
  const moment = Date.UTC(2026, 11, 1, 14, 40);
  expect(formatMoment(moment)).toBe(formatMoment(new Date(moment).toISOString()));
  expect(formatMoment(moment)).toMatch(/^(Nov|Dec) \d+, 2026/);
});

it('orders names by the numbers in them, upper and lower case alike', () => {
  expect(['shot 10', 'Shot 2', 'shot 1'].toSorted(compareNames)).toEqual(['shot 1', 'Shot 2', 'shot 10']);
});
