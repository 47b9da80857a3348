/**
 * The variables of the environment that set something: ours, which are made from a setting's key, and those of the plan
 * the app was made after, so that its compose files work. Ours goes first where both are set.
 */
import { environmentName, type SettingKey, type SettingSpec, settings } from './settings.ts';

/** Names of the profile; the first that is set counts. */
export const profileVariables = ['SAM2_VIDEO_PROFILE', 'CONFIG_PROFILE'] as const;

/** Variables that set one field of a setting. */
export const fieldVariables = [
  { variable: 'MEMORY_TREE_BRANCHES', key: 'track.memory', field: 'maxBranches' },
  { variable: 'MEMORY_TREE_CONSISTENCY_THRESHOLD', key: 'track.memory', field: 'consistencyThreshold' },
] as const satisfies readonly { variable: string; key: SettingKey; field: string }[];

const memoryFull = 'When the memory is full, a frame is tried once more after 100 ms; then the next smaller model is loaded.';
const identifies = 'The app does not ask other services what an object is.';

/** Variables of the plan that are accepted and do nothing, and why. */
export const ignoredVariables: Readonly<Record<string, string>> = {
  VIDEO_MODE: 'The app always works on video.',
  ENABLE_DYNAMIC_MODEL_SWITCHING: memoryFull,
  MODEL_SWITCH_THRESHOLD_MB: memoryFull,
  MAX_RETRY_ATTEMPTS: memoryFull,
  RETRY_DELAY_MS: memoryFull,
  ENABLE_MODEL_COMPILATION: 'ONNX Runtime always optimises its graphs.',
  LENS_API_RATE_LIMIT: identifies,
  LENS_CACHE_SIZE: identifies,
  LENS_CACHE_SIMILARITY_THRESHOLD: identifies,
  LENS_BATCH_SIZE: identifies,
  LENS_BATCH_WAIT_MS: identifies,
  LENS_ENABLE_SIMILAR_DEDUP: identifies,
  PROCESS_AFTER_SECONDS: identifies,
  REPROCESS_INTERVAL_MS: identifies,
};

/** Variables that set a setting as a whole, the one that counts first. */
export const variablesOf = (key: SettingKey): string[] => {
  const { variable }: SettingSpec = settings[key];
  return [environmentName(key), ...(variable === undefined ? [] : [variable])];
};
