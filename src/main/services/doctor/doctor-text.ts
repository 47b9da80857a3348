/** The report as lines to read, for a terminal and for the window's diagnostics. */
import type { DoctorReport } from '../../../shared/doctor.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';

export const doctorLines = (report: DoctorReport): string[] => {
  const { app, node, electron, system, processor, memory, disk, engine, ffmpeg, providers, gpus, models } = report;
  const installed = models.filter(({ state }) => state !== 'missing');
  return [
    `SAM2 Video ${app}, Node ${node}${electron === null ? '' : `, Electron ${electron}`}`,
    `System: ${system}, ${processor.threads} x ${processor.name}`,
    `Memory: ${formatBytes(memory.free)} of ${formatBytes(memory.total)} free`,
    `Disk: ${disk.free === null ? 'free space unknown' : `${formatBytes(disk.free)} free`} in ${disk.folder}`,
    `Engine: ${engine.state}${engine.message === null ? '' : ` (${engine.message})`}`,
    ffmpeg === null ? `ffmpeg: none. ${report.ffmpegProblem ?? ''}`.trim() : `ffmpeg: ${ffmpeg.version}, ${ffmpeg.path}`,
    ...(ffmpeg !== null && ffmpeg.lacks.length > 0 ? [`  It can't ${ffmpeg.lacks.join(', ')}.`] : []),
    `Graphics: ${gpus.length === 0 ? 'no card known' : gpus.join(', ')}`,
    ...providers.map(({ name, state, reason }) => `  ${name}: ${state} (${reason})`),
    ...(report.gpuAdvice === null ? [] : [report.gpuAdvice]),
    `Models: ${installed.map(({ id, isActive }) => (isActive ? `${id} (at work)` : id)).join(', ') || 'none'}`,
  ];
};
