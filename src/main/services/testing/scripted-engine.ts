/** An engine of a few scripted methods behind the real protocol, in this process. */
import { type MethodMap, RpcPeer, type Serving } from '../../common/rpc.ts';
import { linkedPorts } from '../../common/testing/linked-ports.ts';
import type { EngineMethods } from '../../engine/api/methods.ts';
import type { EngineEvents } from '../../engine/api/protocol.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';

export type EngineEmitter = <K extends keyof EngineEvents>(name: K, data: EngineEvents[K]) => Promise<void>;

/** @param methods what is not among them fails as `bad-request` */
export const scriptedEngine = (methods: (emit: EngineEmitter) => Partial<Serving<EngineMethods>>): EnginePeer => {
  const [host, engine] = linkedPorts();
  const served: RpcPeer<Record<string, never>> = new RpcPeer(engine, methods((name, data) => served.emit(name, data)) as MethodMap);
  return new RpcPeer(host);
};
