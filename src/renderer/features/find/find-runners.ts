/** What the commands of the search for objects do. */
import type { findCommands } from '../../../shared/find-commands.ts';
import type { WindowParts } from '../../app/window-parts.ts';
import { findSettings, type RegionKind } from '../../state/find-form.ts';
import { setPreference } from '../../state/remember-preferences.ts';
import { marksOf } from '../../state/window-state.ts';
import { discoveryDefaults } from './discovery-defaults.ts';
import { foundTab } from './found-tab.ts';

type FindCommand = keyof typeof findCommands;

export const createFindRunners = ({ callSession, store, attempt }: Pick<WindowParts, 'callSession' | 'store' | 'attempt'>) => {
  const show = (): void => setPreference(store, { sideTab: foundTab, isSideShown: true });

  const start = async (): Promise<void> => {
    const state = store.getState();
    const { session, findForm } = state;
    if (!session) return;
    const marks = marksOf(state);
    const settings = findSettings(findForm, session.media.averageFps, discoveryDefaults(state.host?.settings.values ?? null));
    show();
    store.setState({ findForm: { ...findForm, drawing: null } });
    await attempt(
      callSession('find.start', {
        settings,
        ...(findForm.isInRange && !session.live && { from: marks.in ?? 0, to: marks.out ?? session.media.frameCount - 1 }),
      }),
    );
  };

  const draw = (kind: RegionKind) => (): void => {
    show();
    store.setState((s) => ({ findForm: { ...s.findForm, drawing: s.findForm.drawing === kind ? null : kind } }));
  };

  return {
    'find.start': () => void start(),
    'find.show': show,
    'find.drawInclude': draw('include'),
    'find.drawExclude': draw('exclude'),
    'find.endDrawing': () => store.setState((s) => ({ findForm: { ...s.findForm, drawing: null } })),
  } satisfies Record<FindCommand, () => void>;
};
