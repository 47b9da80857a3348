import { describe, expect, it } from 'vitest';
import { defaultDiscovery, discoverySettingsSchema } from '../../shared/discovery.ts';
import {
  classNames,
  findSettings,
  freshFindForm,
  shownLimits,
  suggestedClasses,
  withClass,
  withoutRegion,
  withRegion,
} from './find-form.ts';

const known = ['person', 'car', 'cat', 'carrot', 'scarf'];
const box = { x: 10, y: 20, width: 30, height: 40 };

describe('classes as they are typed', () => {
  it('are a list with commas, each once', () => {
    expect(classNames(' Car,person , ,car,')).toEqual(['car', 'person']);
    expect(classNames(' , ')).toEqual([]);
  });

  it('are suggested for the last word, without those that are there already', () => {
    expect(suggestedClasses('person, ca', known, 9)).toEqual(['car', 'cat', 'carrot', 'scarf']);
    expect(suggestedClasses('car, ', known, 2)).toEqual(['person', 'cat']);
    expect(suggestedClasses('person, car', known, 9)).toEqual([]);
    expect(withClass('person, ca', 'cat')).toBe('person, cat, ');
    expect(withClass('ca', 'cat')).toBe('cat, ');
  });
});

describe('the form of a search', () => {
  it('says nothing at first, so that the settings hold', () => {
    expect(findSettings(freshFindForm, 25, defaultDiscovery)).toEqual(defaultDiscovery);
    expect(shownLimits(freshFindForm, 30, defaultDiscovery)).toEqual({ percent: 0.11, seconds: 0.1 });
  });

  it('becomes settings that hold whatever was typed', () => {
    const form = { ...freshFindForm, classes: 'car, person', leastPercent: 1, leastSeconds: 2, include: [box] };
    expect(findSettings(form, 25, defaultDiscovery)).toMatchObject({
      classes: ['car', 'person'],
      minArea: 9216,
      minFrames: 50,
      include: [box],
    });
    for (const [leastPercent, leastSeconds] of [
      [-5, -1],
      [1e9, 1e9],
    ])
      expect(() =>
        discoverySettingsSchema.parse(
          findSettings({ ...form, leastPercent: leastPercent!, leastSeconds: leastSeconds! }, 60, defaultDiscovery),
        ),
      ).not.toThrow();
  });

  it('takes a dragged box as a region only while one is drawn', () => {
    expect(withRegion(freshFindForm, box)).toBe(freshFindForm);
    const drawn = withRegion({ ...freshFindForm, drawing: 'exclude' }, box);
    expect(drawn).toEqual({ ...freshFindForm, exclude: [box] });
    expect(withoutRegion(drawn, 'exclude', 0)).toEqual(freshFindForm);
  });
});
