import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldVariables, ignoredVariables, variablesOf } from '../../../shared/setting-variables.ts';
import { defaultSettings, type SettingSpec, settingKeys, settings } from '../../../shared/settings.ts';
import { planVariables } from '../../../shared/testing/plan-variables.ts';
import { layerSettings, problemLines, type SettingInputs, valueOfText } from './setting-layers.ts';

const nothing: SettingInputs = { file: { name: 'settings.json', values: {} }, env: {}, flags: [], window: {} };
const layers = (inputs: Partial<SettingInputs>) => layerSettings({ ...nothing, ...inputs });

describe('the layers of the settings', () => {
  it('are the defaults where nobody says anything', () => {
    const { values, problems, sources } = layers({});
    expect(values).toEqual(defaultSettings);
    expect(problems).toEqual([]);
    expect(new Set(Object.values(sources).map(({ kind }) => kind))).toEqual(new Set(['default']));
  });

  it('go over each other: profile, file, environment, flag, window', () => {
    const key = 'stream.targetFps';
    const all: SettingInputs = {
      profile: 'performance',
      file: { name: 'settings.json', values: { [key]: 11 } },
      env: { TARGET_FPS: '12' },
      flags: [{ key, value: '13', name: '--set' }],
      window: { [key]: 14 },
    };
    const steps: [Partial<SettingInputs>, number, string][] = [
      [{ window: nothing.window }, 13, 'flag'],
      [{ window: nothing.window, flags: [] }, 12, 'environment'],
      [{ window: nothing.window, flags: [], env: {} }, 11, 'file'],
      [{ window: nothing.window, flags: [], env: {}, file: nothing.file }, 25, 'profile'],
    ];
    expect(layerSettings(all).values[key]).toBe(14);
    for (const [without, value, kind] of steps) {
      const { values, sources } = layerSettings({ ...all, ...without });
      expect([values[key], sources[key].kind]).toEqual([value, kind]);
    }
  });

  it('take the plan’s profiles', () => {
    const of = (profile: string) => {
      const { values } = layers({ env: { CONFIG_PROFILE: profile } });
      return [
        values['stream.targetFps'],
        values['stream.analysisHeight'],
        values['track.memory'].maxBranches,
        values['prompts.density'],
        values['prompts.minArea'],
      ];
    };
    expect([of('performance'), of('balanced'), of('quality')]).toEqual([
      [25, 480, 2, 8, 2000],
      [15, 720, 3, 16, 1000],
      [10, 1080, 4, 24, 500],
    ]);
  });

  it('prefer our variable to the plan’s, and --profile to both of a profile', () => {
    const { values, sources } = layers({
      env: { TARGET_FPS: '5', SAM2_VIDEO_STREAM_TARGET_FPS: '6', CONFIG_PROFILE: 'quality' },
      profile: 'performance',
    });
    expect(values['stream.targetFps']).toBe(6);
    expect(sources['stream.targetFps']).toEqual({ kind: 'environment', name: 'SAM2_VIDEO_STREAM_TARGET_FPS' });
    expect(sources['stream.analysisHeight']).toEqual({ kind: 'profile', name: 'performance' });
  });

  it('let a variable set one field of the memory', () => {
    const { values } = layers({ file: { name: '', values: { 'track.memory': { mode: 'tree' } } }, env: { MEMORY_TREE_BRANCHES: '5' } });
    expect(values['track.memory']).toMatchObject({ mode: 'tree', maxBranches: 5 });
  });

  it('list every problem with key, value, range and source', () => {
    const { problems, values } = layers({
      env: {
        TARGET_FPS: '0',
        PROCESSING_RESOLUTION: '700',
        METRICS_ENABLED: 'perhaps',
        CONFIG_PROFILE: 'best',
        MEMORY_TREE_BRANCHES: '99',
      },
      flags: [{ key: 'no.such', value: '1', name: '--set' }],
      file: { name: '/etc/settings.json', values: { 'engine.threads': -1, 'of.tomorrow': 1 } },
    });
    expect(problemLines(problems)).toEqual([
      'profile: the environment variable CONFIG_PROFILE says "best"; use performance, balanced, quality',
      'engine.threads: the settings file /etc/settings.json says "-1"; use 0 to 64 threads',
      expect.stringMatching(/^track\.memory: the environment variable MEMORY_TREE_BRANCHES says/),
      'stream.targetFps: the environment variable TARGET_FPS says "0"; use 1 to 60 frames/s',
      'stream.analysisHeight: the environment variable PROCESSING_RESOLUTION says "700"; use 480, 720, 1080, 1440, 2160',
      'metrics.enabled: the environment variable METRICS_ENABLED says "perhaps"; use true or false',
      'no.such: the option --set says "1"; use the name of a setting; "sam2-video config" lists them',
    ]);
    expect(values).toEqual(defaultSettings);
  });

  it('say which variables do nothing', () => {
    expect(layers({ env: { LENS_CACHE_SIZE: '5' } }).ignored).toEqual([{ variable: 'LENS_CACHE_SIZE', why: expect.any(String) }]);
  });

  it('never give a value that its schema refuses, whatever is written', () => {
    const texts = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('true', 'NaN', '[]', '{}', 'null', '1e999'));
    fc.assert(
      fc.property(fc.constantFrom(...settingKeys), texts, (key, text) => {
        const { values } = layers({ env: { [variablesOf(key)[0]!]: text }, flags: [{ key, value: text, name: '--set' }] });
        return settings[key].schema.safeParse(values[key]).success;
      }),
    );
  });
});

describe('the variables', () => {
  // As the study of the plan lists them (A.2).
  const plan =
    'CONFIG_PROFILE VIDEO_MODE VIDEO_TRACKER_TYPE TARGET_FPS PROCESSING_RESOLUTION SAM2_MODEL_SIZE ENABLE_MODEL_COMPILATION MEMORY_TREE_BRANCHES MEMORY_TREE_CONSISTENCY_THRESHOLD SAM2_PROMPT_STRATEGY GRID_PROMPT_DENSITY REPROMPT_INTERVAL MIN_OBJECT_AREA LENS_API_RATE_LIMIT LENS_CACHE_SIZE LENS_CACHE_SIMILARITY_THRESHOLD LENS_BATCH_SIZE LENS_BATCH_WAIT_MS LENS_ENABLE_SIMILAR_DEDUP PROCESS_AFTER_SECONDS REPROCESS_INTERVAL_MS VIDEO_BUFFER_SIZE STREAM_STALE_TIMEOUT_SECONDS STREAM_CLEANUP_TIMEOUT_SECONDS MODEL_SWITCH_THRESHOLD_MB ENABLE_DYNAMIC_MODEL_SWITCHING MAX_RETRY_ATTEMPTS RETRY_DELAY_MS METRICS_ENABLED METRICS_PORT';

  it('are the thirty of the plan, each for one thing', () => {
    expect(plan.split(' ')).toHaveLength(30);
    expect(planVariables().sort()).toEqual(plan.split(' ').sort());
  });

  it('each do what they say, or are said to do nothing', () => {
    for (const key of settingKeys) {
      const { variable, kind, choices, max }: SettingSpec = settings[key];
      if (variable === undefined) continue;
      const text = kind === 'switch' ? 'True' : String(choices ? choices.at(-1)!.value : max);
      const { values, sources, problems } = layers({ env: { [variable]: text } });
      expect([problems, values[key], sources[key].name]).toEqual([[], valueOfText(key, text), variable]);
    }
    for (const { variable } of fieldVariables) expect(layers({ env: { [variable]: '1' } }).sources['track.memory'].name).toBe(variable);
    for (const variable of Object.keys(ignoredVariables)) expect(layers({ env: { [variable]: 'x' } }).ignored).toHaveLength(1);
  });
});
