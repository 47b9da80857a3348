/** The contract's methods on exports. */
import { basename } from 'node:path';
import type { MethodInput } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import { checkOutputs } from '../../common/check-outputs.ts';
import { requireFolder } from '../../common/require-folder.ts';
import type { Handlers, MethodsOf } from '../base/handlers.ts';
import { checkFrame } from '../session/check-prompt.ts';
import type { GetSession } from '../session/session-methods.ts';
import type { SessionService } from '../session/session-service.ts';
import { estimateExport, freeBytes, requireRoom } from './export-estimate.ts';
import { type ExportChoice, exportFolderName, exportOutputs, freshFolder } from './export-service.ts';
import type { Exports } from './exports.ts';

type CheckPath = (path: string) => Promise<void>;

/** @param checkPath throws `not-allowed` for a path that a client may not use */
export const exportMethods = (session: GetSession, exports: Exports, checkPath: CheckPath): Handlers<MethodsOf<'export'>> => {
  const checked = async ({ sessionId, ...input }: MethodInput<'export.start'>): Promise<[SessionService, ExportChoice]> => {
    for (const path of [input.directory, input.parent]) {
      if (path === undefined) continue;
      await checkPath(path);
      requireFolder(path);
    }
    const exported = session(sessionId);
    return [exported, exportChoice(input, exported)];
  };
  /** @param measure wait for what is not known yet */
  const bytesOf = async (exported: SessionService, choice: ExportChoice, measure: boolean): Promise<number> => {
    const range = choice.range ?? { from: 0, to: exported.media.frameCount - 1 };
    const known = measure && choice.video ? await exports.sizes.of(exported, range) : exports.sizes.known(exported, range);
    return estimateExport(exported, choice, known);
  };
  return {
    'export.start': async (input) => {
      const [exported, choice] = await checked(input);
      if (choice.directory !== undefined)
        await checkOutputs({
          inputs: [exported.path],
          outputs: exportOutputs(choice.directory, choice),
          overwrite: choice.overwrite ?? false,
        });
      await requireRoom(choice.directory ?? choice.parent ?? exports.root, await bytesOf(exported, choice, false));
      return { operationId: exports.start(exported, choice) };
    },
    'export.estimate': async ({ measure, ...input }) => {
      const [exported, choice] = await checked(input);
      const parent = choice.parent ?? exports.root;
      const folder = choice.directory ?? freshFolder(parent, choice.folderName ?? exportFolderName(exported.path, new Date()));
      return {
        bytes: await bytesOf(exported, choice, measure),
        isMeasured: measure || !choice.video,
        freeBytes: await freeBytes(folder),
        parent,
        folderName: basename(folder),
        directory: folder,
      };
    },
  };
};

const exportChoice = ({ from, to, ...rest }: Omit<MethodInput<'export.start'>, 'sessionId'>, { media }: SessionService): ExportChoice => {
  const range = { from: from ?? 0, to: to ?? media.frameCount - 1 };
  checkFrame(range.to, media);
  if (range.from > range.to) throw new AppError('bad-request', 'The first frame to export is after the last. Swap them.');
  return { ...rest, range, contactSheet: false };
};
