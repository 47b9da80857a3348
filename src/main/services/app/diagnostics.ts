/** What a user copies into a report: versions, machine, model, memory and the last warnings. No path of the user's files unless asked. */
import { arch, cpus, freemem, homedir, platform, release, totalmem } from 'node:os';
import type { AppState } from '../../../shared/contract/state.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';

/** Paths in a text, as far as they can be told from other words. */
const hidePaths = (text: string): string =>
  text
    .replaceAll(homedir(), '~')
    .replaceAll(/(?:[A-Za-z]:)?(?:[\\/][^\\/:*?"<>|]+)+[\\/][^\\/:*?"<>|]*?\.\w{1,5}\b/g, '<path>')
    .replaceAll(/(?<![\w<])~?(?:[A-Za-z]:)?(?:[\\/][^\s\\/:*?"<>|]+){1,}/g, '<path>');

/** @param details lines of the host's own */
export const diagnosticsText = (
  appVersion: string,
  state: AppState,
  log: readonly string[],
  withPaths: boolean,
  details: readonly string[] = [],
): string => {
  const { session, engine, models, settings } = state;
  const shown = withPaths ? (text: string) => text : hidePaths;
  const media = session?.media;
  const lines = [
    `SAM2 Video ${appVersion}, Node ${process.versions.node}${process.versions.electron ? `, Electron ${process.versions.electron}` : ''}`,
    `System: ${platform()} ${release()} ${arch()}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    `Memory: ${formatBytes(process.memoryUsage().rss)} in use by the host, ${formatBytes(freemem())} of ${formatBytes(totalmem())} free`,
    ...details.map(shown),
    `Engine: ${engine.state}${engine.message ? ` (${shown(engine.message)})` : ''}`,
    models.active
      ? `Model: ${models.active.name} at ${models.active.imageSize} px on ${models.active.provider} (${shown(models.active.providerReason)})`
      : 'Model: none loaded',
    `Profile: ${settings.profile}`,
    media
      ? `Clip: ${media.width} x ${media.height}, ${media.frameCount} frames, ${media.averageFps.toFixed(3)} frames/s, ${media.codec}${media.isVariableFrameRate ? ', variable rate' : ''}; objects: ${session.objects.length}`
      : 'Clip: none open',
    ...(media && withPaths ? [`Path: ${media.path}`] : []),
    'Last messages:',
    ...log.map((line) => `  ${shown(line)}`),
  ];
  return `${lines.join('\n')}\n`;
};
