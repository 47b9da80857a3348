/** `sam2-video doctor`: what this machine has of what the app needs, for the user and for reports. */
import { doctorLines } from '../services/doctor/doctor-text.ts';
import { type EngineOptions, makeServices } from './headless.ts';
import { exitCodes } from './terminal.ts';

export const runDoctorCommand = async (options: EngineOptions & { json: boolean }): Promise<number> => {
  // It looks, and changes nothing: a missing ffmpeg is told, not brought.
  const services = await makeServices(options, { remembersModel: true, bringsFfmpeg: undefined });
  try {
    const report = await services.examine();
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 1) : doctorLines(report).join('\n')}\n`);
    return report.ffmpeg === null || report.engine.state === 'failed' ? exitCodes.failed : exitCodes.done;
  } finally {
    await services.close();
  }
};
