/** The command-line program. docs/settings.md lists its exit codes. */
import { Command, CommanderError, Help } from 'commander';
import { defaultDiscovery, promptStrategies } from '../../shared/discovery.ts';
import { AppError } from '../../shared/errors.ts';
import { redactionStyles } from '../../shared/redaction.ts';
import { appPaths } from '../services/base/app-paths.ts';
import { runBatchCommand, runJobInitCommand } from './batch-command.ts';
import { runConfigCommand } from './config-command.ts';
import { runDemoCommand } from './demo-command.ts';
import { runDoctorCommand } from './doctor-command.ts';
import { runExportCommand } from './export-command.ts';
import { runFindCommand } from './find-command.ts';
import { appVersion } from './headless.ts';
import { runLiveCommand } from './live-command.ts';
import { addModelsCommand } from './models-command.ts';
import { exportNames } from './output-options.ts';
import { runServeCommand } from './serve-command.ts';
import { exitCodes, printError } from './terminal.ts';
import { runTrackCommand } from './track-command.ts';
import { runWatchCommand } from './watch-command.ts';

const several = (value: string, all: string[]): string[] => [...all, value];

/** Any setting, and a profile of them (docs/settings.md). */
const settingOptions = (command: Command): Command =>
  command
    .option('--profile <name>', 'settings to begin with: performance, balanced or quality')
    .option('--set <key=value>', 'a setting, e.g. stream.targetFps=10; see "sam2-video config" (repeatable)', several, []);

const engineOptions = (command: Command): Command =>
  settingOptions(command)
    .option('--model <id[@size]|folder>', 'model to use, see "sam2-video models" (default: the setting)')
    .option('--provider <name>', 'execution provider: auto, cuda, dml, coreml, webgpu or cpu (default: the setting, auto)')
    .option('--memory <which>', 'how objects are remembered: single (SAM 2), tree (the memory tree), tree-exact (as SAM2Long)')
    .option('--gate <name>', 'which frames become memories: auto, none, sam2long, samurai or dam4sam')
    .option('--threads <n>', 'threads for inference (default: automatic)')
    .option('--precision <which>', 'on the CPU: full, or fast (int8 where the model has it) (default: the setting, full)')
    .option('--ffmpeg <path>', 'ffmpeg to use');

const discoveryOptions = (command: Command): Command =>
  command
    .option('--strategy <name>', `where to look: ${promptStrategies.join(', ')} (default: the setting, ${defaultDiscovery.strategy})`)
    .option('--classes <names>', 'these classes alone, e.g. person,car (default: everything)')
    .option('--density <n>', `points of a side of the grid, 4 to 64 (default: the setting, ${defaultDiscovery.density})`)
    .option('--interval <frames>', `from one look to the next (default: the setting, ${defaultDiscovery.interval})`)
    .option('--min-area <px>', `smallest object, in px of a picture of 1280 x 720 (default: the setting, ${defaultDiscovery.minArea})`)
    .option('--min-frames <n>', `objects on fewer frames are dropped (default: the setting, ${defaultDiscovery.minFrames})`)
    .option('--max-objects <n>', `most objects at a time, 1 to 64 (default: the setting, ${defaultDiscovery.maxObjects})`);

const hideOptions = (command: Command): Command =>
  command
    .option('--hide <style>', `hide the objects in the video, which is then redacted.mp4: ${redactionStyles.join(', ')}`)
    .option('--margin <px>', 'grow what is hidden by so many px (default: 8)')
    .option('--carry <frames>', 'masks of so many frames before and after hide an object that is lost (default: 25)')
    .option('--others', 'hide everything but the objects', false)
    .option('--mute', 'leave the sound out of the redacted video', false);

const finish = (work: Promise<number>): Promise<void> =>
  work.then(
    (code) => {
      process.exitCode = code;
    },
    (error) => {
      const known = AppError.from(error);
      printError(known);
      if (known.code === 'internal' && process.env.SAM2_VIDEO_DEBUG) console.error(known.cause);
      process.exitCode = exitCodes.failed;
    },
  );

const program = new Command('sam2-video')
  .description('Track objects through video with SAM 2, on this machine.')
  .version(appVersion(appPaths()))
  // A switch is off and a list is empty unless given: nobody needs to be told.
  .configureHelp({
    optionDescription: (option) => new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, ''),
  })
  .exitOverride();

hideOptions(
  engineOptions(
    program
      .command('track')
      .description('track objects through a clip and export the result')
      .argument('<clip>', 'video, folder of pictures or address'),
  ),
)
  .option('--point <x,y@frame>', 'a point on the object (repeatable)', several, [])
  .option('--negative <x,y@frame>', 'a point outside the object (repeatable)', several, [])
  .option('--box <x,y,w,h@frame>', 'a box around the object', several, [])
  .option('--mask <file.png@frame>', 'a mask of the object', several, [])
  .option('--object <name:prompts>', 'another object, e.g. "ball:point=410,260@0;box=100,80,200,240@12" (repeatable)', several, [])
  .option('--direction <which>', 'forward, backward or both', 'forward')
  .option('--fps <n>', 'frame rate of a folder of pictures (default: 25)')
  .option('--stream <n>', 'video stream of the file, from 0 (default: the largest)')
  .option('--no-video', 'do not write annotated.mp4')
  .option('--no-masks', 'do not write mask PNGs')
  .option('--export <formats>', `tables too, e.g. yolo-seg,mot: ${exportNames.join(', ')}`)
  .requiredOption('--out <folder>', 'where to write')
  .option('--overwrite', 'replace the files of an earlier run', false)
  .action((clip, options) => finish(runTrackCommand(clip, options)));

hideOptions(
  discoveryOptions(
    engineOptions(
      program.command('find').description('find objects in a clip, track them and export the result').argument('<clip>', 'video file'),
    ),
  ),
)
  .option('--no-video', 'leave out annotated.mp4')
  .option('--no-masks', 'leave out the mask PNGs')
  .requiredOption('--out <folder>', 'where to write')
  .option('--overwrite', 'replace what an earlier run wrote there', false)
  .action((clip, options) => finish(runFindCommand(clip, options)));

discoveryOptions(
  engineOptions(
    program
      .command('live')
      .description('record and track a camera or a stream live, then export the result')
      .argument('[source]', 'address (rtsp, rtmp, srt, http) or camera'),
  ),
)
  .option('--point <x,y@frame>', 'a point on the object, on a live frame: 0 is the first one received (repeatable)', several, [])
  .option('--negative <x,y@frame>', 'a point outside the object (repeatable)', several, [])
  .option('--box <x,y,w,h@frame>', 'a box around the object', several, [])
  .option('--mask <file.png@frame>', 'a mask of the object', several, [])
  .option('--object <name:prompts>', 'another object, as for "track" (repeatable)', several, [])
  .option('--find', 'find objects by itself, as they come', false)
  .option('--for <seconds>', 'seconds to run (default: until it ends, or Ctrl-C)')
  .option('--cameras', "list this machine's cameras and exit", false)
  .option('--no-video', 'do not write annotated.mp4')
  .option('--no-masks', 'do not write mask PNGs')
  .option('--out <folder>', 'where to write')
  .option('--overwrite', 'replace the files of an earlier run', false)
  .action((source, options) => finish(runLiveCommand(source, options)));

hideOptions(
  program
    .command('export')
    .description('write the files of a project that was made in the window')
    .argument('<project>', "the project's folder"),
)
  .option('--formats <names>', `tables, e.g. coco,yolo-seg: ${exportNames.join(', ')}`)
  .option('--video', 'write annotated.mp4', false)
  .option('--masks', 'write mask PNGs', false)
  .option('--json', 'write results.json', false)
  .option('--ffmpeg <path>', 'ffmpeg to use')
  .requiredOption('--out <folder>', 'where to write')
  .option('--overwrite', 'replace the files of an earlier run', false)
  .action((project, options) => finish(runExportCommand(project, options)));

program
  .command('batch')
  .description('do the same job on many clips; the same command goes on where it stopped')
  .argument('<clips...>', 'folders, videos, patterns such as "*.mp4", or .txt files of paths')
  .requiredOption('--job <file>', 'what is done to each clip (see "sam2-video job init")')
  .requiredOption('--out <folder>', 'where to write: the ledger, a folder for each clip, a summary')
  .option('-r, --recursive', 'look through the folders below too', false)
  .option('--jobs <n>', 'clips at a time (default: by cores and memory)')
  .option('--retry-failed', 'try clips again that failed before', false)
  .option('--profile <name>', 'settings to begin with: performance, balanced or quality')
  .option('--set <key=value>', 'a setting, e.g. engine.threads=2 (repeatable)', several, [])
  .option('--provider <name>', 'execution provider: auto, cuda, dml, coreml, webgpu or cpu (default: the setting, auto)')
  .option('--threads <n>', 'threads for inference (default: automatic)')
  .option('--precision <which>', 'on the CPU: full, or fast (int8 where the model has it)')
  .option('--ffmpeg <path>', 'ffmpeg to use')
  .action((clips, options) => finish(runBatchCommand(clips, options)));

program
  .command('job')
  .description('files that say what a batch does to each clip')
  .command('init')
  .description('print a job to begin with')
  .option('--schema', 'print the JSON Schema of a job instead', false)
  .action(({ schema }) => finish(runJobInitCommand(schema)));

engineOptions(
  program
    .command('watch')
    .description('run streams for weeks without a window, as a file of JSON says')
    .argument('<config.json>', 'the streams, see docs/streams.md'),
)
  .option('--every <seconds>', 'from one line of status to the next', '10')
  .option('--json', 'a line of JSON each time', false)
  .addHelpText(
    'after',
    '\nExit codes: 0 ended, 1 failed, 2 bad configuration, 3 no source can be opened, 4 port in use, 130 ended at once.',
  )
  .action((config, options) => finish(runWatchCommand(config, options)));

engineOptions(program.command('demo').description('track the bundled clip; writes annotated.mp4 and contact-sheet.png'))
  .option('--out <folder>', 'where to write (default: a new folder, sam2-video-demo)')
  .option('--overwrite', 'replace the files of an earlier run', false)
  .action((options) => finish(runDemoCommand(options)));

engineOptions(program.command('serve').description('serve the app to a browser on this machine'))
  .option('--port <n>', 'port on 127.0.0.1, 0 for any', '0')
  .option('--allow <folder>', 'folder whose files may be opened (repeatable; default: this folder and your home folder)', several, [])
  .option('--export-dir <folder>', 'where exports go (default: "SAM2 Video" in your home folder)')
  .option('--sample', 'open the clips that were open when it ended, or the bundled clip and track its object', false)
  .option('--resume', 'open the clips that were open when it ended', false)
  .action((options) => finish(runServeCommand(options)));

engineOptions(program.command('doctor').description('report what this machine offers: ffmpeg, providers, memory, disk, models'))
  .option('--json', 'as JSON', false)
  .action((options) => finish(runDoctorCommand(options)));

engineOptions(program.command('config').description('print every setting, where its value is from, and what is wrong'))
  .option('--json', 'as JSON', false)
  .action((options) => finish(runConfigCommand(options)));

addModelsCommand(program, finish);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
}
