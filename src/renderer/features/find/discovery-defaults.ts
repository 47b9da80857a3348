/** How a search looks where its form says nothing. */
import { type DiscoverySettings, defaultDiscovery } from '../../../shared/discovery.ts';
import type { WindowState } from '../../state/window-state.ts';

export const discoveryDefaults = (_state: Pick<WindowState, 'host'>): DiscoverySettings => defaultDiscovery;
