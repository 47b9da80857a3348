/** The contract's methods on streams. */
import { type StreamConfig, streamConfigSchema } from '../../../shared/streams.ts';
import { withoutSecrets } from '../../common/shown-address.ts';
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import type { StreamService } from './stream-service.ts';

/** As a window sees it: without the password of its address. */
const shown = (config: StreamConfig): StreamConfig =>
  config.source.kind === 'network' ? { ...config, source: { ...config.source, url: withoutSecrets(config.source.url) } } : config;

/** @param checkPath throws AppError `not-allowed` for a path that a client may not use */
export const streamMethods = (streams: StreamService, checkPath: (path: string) => Promise<void>): Handlers<MethodsOf<'stream'>> => {
  const configOf = (id: string): StreamConfig | undefined => streams.configs.find((one) => one.id === id)?.config;
  const check = async ({ source }: StreamConfig): Promise<void> => {
    if (source.kind === 'file') await checkPath(source.path);
  };
  return {
    'stream.list': () => ({ streams: streams.configs.map(({ id, config }) => ({ streamId: id, config: shown(config) })) }),
    'stream.add': async ({ config }) => {
      await check(config);
      return { streamId: streams.add(config) };
    },
    'stream.edit': async ({ streamId, config }) => {
      const before = configOf(streamId);
      const isSameAddress = before && JSON.stringify(shown(before).source) === JSON.stringify(config.source);
      const wanted = isSameAddress ? { ...config, source: before.source } : config;
      await check(wanted);
      streams.edit(streamId, streamConfigSchema.parse(wanted));
      return {};
    },
    'stream.pause': ({ streamId }) => {
      streams.edit(streamId, { isPaused: true });
      return {};
    },
    'stream.resume': ({ streamId }) => {
      streams.edit(streamId, { isPaused: false });
      return {};
    },
    'stream.view': ({ streamId }) => ({ sessionId: streams.view(streamId) }),
    'stream.remove': async ({ streamId, keepsRecordings }) => {
      await streams.remove(streamId, keepsRecordings);
      return {};
    },
    'stream.chapters': ({ streamId }) => ({ chapters: streams.chapters(streamId) }),
    'stream.openChapter': async ({ streamId, chapterId }) => ({ sessionId: await streams.openChapter(streamId, chapterId) }),
  };
};
