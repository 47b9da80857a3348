/** How a search looks where its form says nothing. */
import { type DiscoverySettings, defaultDiscovery } from '../../../shared/discovery.ts';
import { discoveryOf } from '../../../shared/prompt-settings.ts';
import type { SettingValues } from '../../../shared/settings.ts';

export const discoveryDefaults = (values: SettingValues | null): DiscoverySettings => (values ? discoveryOf(values) : defaultDiscovery);
