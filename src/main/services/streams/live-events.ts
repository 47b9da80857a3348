/** What the engine tells of live sources goes to all who have some; each knows its own by the session. */
import type { EngineEvents } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

export interface LiveListener {
  onMedia(event: EngineEvents['liveMedia']): void;
  onFrame(event: EngineEvents['liveFrame']): void;
  onReport(event: EngineEvents['liveReport']): void;
  onFault?(event: EngineEvents['liveFault']): void;
}

export const attachLive = (peer: EnginePeer, listeners: readonly LiveListener[]): void => {
  peer.on('liveMedia', (event) => {
    for (const listener of listeners) listener.onMedia(event);
  });
  peer.on('liveFrame', (event) => {
    for (const listener of listeners) listener.onFrame(event);
  });
  peer.on('liveReport', (event) => {
    for (const listener of listeners) listener.onReport(event);
  });
  peer.on('liveFault', (event) => {
    for (const listener of listeners) listener.onFault?.(event);
  });
};
