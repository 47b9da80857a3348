/** Events have any number of listeners, and a signal ends a call's work on the other side. */
import { expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { RpcPeer } from './rpc.ts';
import { linkedPorts } from './testing/linked-ports.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('tells an event to every listener, until it is taken away', async () => {
  const [a, b] = linkedPorts();
  const peer = new RpcPeer<Record<string, never>, { frame: number }>(a);
  const sender = new RpcPeer(b);
  const told: string[] = [];
  const note = (name: string) => (frame: number) => void told.push(`${name} ${frame}`);
  const twice = note('twice');
  const removals = [peer.on('frame', note('first')), peer.on('frame', twice), peer.on('frame', twice)];
  await sender.emit('frame', 1);
  await settled();
  expect(told.splice(0)).toEqual(['first 1', 'twice 1', 'twice 1']);
  removals[1]!();
  removals[1]!();
  await sender.emit('frame', 2);
  await settled();
  expect(told.splice(0)).toEqual(['first 2', 'twice 2']);
  for (const remove of removals) remove();
  await sender.emit('frame', 3);
  await settled();
  expect(told).toEqual([]);
});

const methods = {
  wait: (_: object, signal: AbortSignal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new AppError('cancelled', 'ended')))),
  finish: (_: object, signal: AbortSignal) =>
    new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('what there was'))),
  ignore: async (_: object) => 'whole',
};

const setUp = () => {
  const [a, b] = linkedPorts();
  const server = new RpcPeer(b, methods);
  return { peer: new RpcPeer<typeof methods>(a), server };
};

it('ends a call by its signal, with whatever the method makes of it, and no other call', async () => {
  const { peer } = setUp();
  const [one, other] = [new AbortController(), new AbortController()];
  const calls = [peer.call('wait', {}, { signal: one.signal }), peer.call('finish', {}, { signal: other.signal })];
  one.abort();
  await expect(calls[0]).rejects.toMatchObject({ code: 'cancelled', message: 'ended' });
  expect(peer.waiting).toBe(1);
  other.abort();
  expect(await calls[1]).toBe('what there was');
  expect(peer.waiting).toBe(0);
});

it('does not begin a call whose signal has fired, and takes one that fires too late', async () => {
  const { peer } = setUp();
  await expect(peer.call('ignore', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  const late = new AbortController();
  expect(await peer.call('ignore', {}, { signal: late.signal })).toBe('whole');
  late.abort();
  expect(await peer.call('ignore', {})).toBe('whole');
});

it('ends what it serves when it is closed', async () => {
  const { peer, server } = setUp();
  const call = peer.call('wait', {});
  await settled();
  server.close(new AppError('engine-lost', 'gone'));
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
});
