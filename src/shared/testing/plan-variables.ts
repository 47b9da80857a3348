import { fieldVariables, ignoredVariables } from '../setting-variables.ts';
import { type SettingSpec, settingKeys, settings } from '../settings.ts';

/** Every variable of the plan that the app was made after. */
export const planVariables = (): string[] => [
  'CONFIG_PROFILE',
  ...settingKeys.flatMap((key) => (settings[key] as SettingSpec).variable ?? []),
  ...fieldVariables.map(({ variable }) => variable),
  ...Object.keys(ignoredVariables),
];
