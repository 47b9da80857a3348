/** What a user copies into a report: versions, machine, model, memory and the last warnings. No path of the user's files unless asked. */
import { homedir } from 'node:os';
import type { AppState } from '../../../shared/contract.ts';
import type { DoctorReport } from '../../../shared/doctor.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { doctorLines } from '../doctor/doctor-text.ts';

/** Paths in a text, as far as they can be told from other words. */
const hidePaths = (text: string): string =>
  text
    .replaceAll(homedir(), '~')
    .replaceAll(/(?:[A-Za-z]:)?(?:[\\/][^\\/:*?"<>|]+)+[\\/][^\\/:*?"<>|]*?\.\w{1,5}\b/g, '<path>')
    .replaceAll(/(?<![\w<])~?(?:[A-Za-z]:)?(?:[\\/][^\s\\/:*?"<>|]+){1,}/g, '<path>');

/** @param details lines of the host's own */
export const diagnosticsText = (
  report: DoctorReport,
  state: AppState,
  log: readonly string[],
  withPaths: boolean,
  details: readonly string[] = [],
): string => {
  const { session, models, settings } = state;
  const shown = withPaths ? (text: string) => text : hidePaths;
  const media = session?.media;
  const lines = [
    ...doctorLines(report).map(shown),
    `Host: ${formatBytes(process.memoryUsage().rss)} in use`,
    ...details.map(shown),
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
