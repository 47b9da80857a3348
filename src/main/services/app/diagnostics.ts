/**
 * What a user copies into a report: versions, machine, model, memory and the last warnings. No path of the user's files
 * unless asked.
 */
import { homedir } from 'node:os';
import type { DoctorReport } from '../../../shared/doctor.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { doctorLines } from '../doctor/doctor-text.ts';
import type { SessionService } from '../session/session-service.ts';
import type { Services } from './services.ts';

/** Paths in a text, as far as they can be told from other words. */
const hidePaths = (text: string): string =>
  text
    .replaceAll(homedir(), '~')
    .replaceAll(/(?:[A-Za-z]:)?(?:[\\/][^\\/:*?"<>|]+)+[\\/][^\\/:*?"<>|]*?\.\w{1,5}\b/g, '<path>')
    .replaceAll(/(?<![\w<])~?(?:[A-Za-z]:)?(?:[\\/][^\s\\/:*?"<>|]+){1,}/g, '<path>');

export interface DiagnosedServices extends Pick<Services, 'state' | 'hostDetails'> {
  sessions: Pick<Services['sessions'], 'list'>;
  log: Pick<Services['log'], 'last'>;
}

/** @param withPaths names the user's files */
export const diagnosticsText = (report: DoctorReport, services: DiagnosedServices, withPaths: boolean): string => {
  const { models, settings } = services.state;
  const shown = withPaths ? (text: string) => text : hidePaths;
  const lines = [
    ...doctorLines(report).map(shown),
    `Host: ${formatBytes(process.memoryUsage().rss)} in use`,
    ...services.hostDetails().map(shown),
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
