/** What a user copies into a report: versions, machine, model, memory and the last warnings. No path of the user's files unless asked. */
import { arch, cpus, freemem, homedir, platform, release, totalmem } from 'node:os';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { SessionService } from '../session/session-service.ts';
import type { Services } from './create-services.ts';

/** Paths in a text, as far as they can be told from other words. */
const hidePaths = (text: string): string =>
  text
    .replaceAll(homedir(), '~')
    .replaceAll(/(?:[A-Za-z]:)?(?:[\\/][^\\/:*?"<>|]+)+[\\/][^\\/:*?"<>|]*?\.\w{1,5}\b/g, '<path>')
    .replaceAll(/(?<![\w<])~?(?:[A-Za-z]:)?(?:[\\/][^\s\\/:*?"<>|]+){1,}/g, '<path>');

export interface DiagnosedServices extends Pick<Services, 'appVersion' | 'state' | 'hostDetails'> {
  sessions: Pick<Services['sessions'], 'list'>;
  log: Pick<Services['log'], 'last'>;
}

/** @param withPaths names the user's files */
export const diagnosticsText = (services: DiagnosedServices, withPaths: boolean): string => {
  const { engine, models, settings } = services.state;
  const shown = withPaths ? (text: string) => text : hidePaths;
  const lines = [
    `SAM2 Video ${services.appVersion}, Node ${process.versions.node}${process.versions.electron ? `, Electron ${process.versions.electron}` : ''}`,
    `System: ${platform()} ${release()} ${arch()}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    `Memory: ${formatBytes(process.memoryUsage().rss)} in use by the host, ${formatBytes(freemem())} of ${formatBytes(totalmem())} free`,
    ...services.hostDetails().map(shown),
    `Engine: ${engine.state}${engine.message ? ` (${shown(engine.message)})` : ''}`,
    models.active
      ? `Model: ${models.active.name} at ${models.active.imageSize} px on ${models.active.provider} (${shown(models.active.providerReason)})`
      : 'Model: none loaded',
    `Profile: ${settings.profile}`,
    ...(services.sessions.list.length === 0
      ? ['Clip: none open']
      : services.sessions.list.flatMap((session) => linesOf(session, withPaths))),
    'Last messages:',
    ...services.log.last(50).map((line) => `  ${shown(line)}`),
  ];
  return `${lines.join('\n')}\n`;
};

const linesOf = ({ media, objects, path, isAsleep }: SessionService, withPaths: boolean): string[] => [
  `Clip: ${media.width} x ${media.height}, ${media.frameCount} frames, ${media.averageFps.toFixed(3)} frames/s, ${media.codec}${media.isVariableFrameRate ? ', variable rate' : ''}; objects: ${objects.length}${isAsleep ? '; asleep' : ''}`,
  ...(withPaths ? [`Path: ${path}`] : []),
];
