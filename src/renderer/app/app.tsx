/** The window: menus above, tools, viewer and side panel in the middle, the timeline below. */
import { useEffect } from 'react';
import { useShortcuts } from '../commands/use-shortcuts.ts';
import { CameraDialog } from '../features/camera/camera-dialog.tsx';
import { ExportDialog } from '../features/export/export-dialog.tsx';
import { ShortcutsDialog } from '../features/help/shortcuts-dialog.tsx';
import { LogDialog } from '../features/log/log-dialog.tsx';
import { ModelsDialog } from '../features/models/models-dialog.tsx';
import { EngineBanner } from '../features/notices/engine-banner.tsx';
import { Toasts } from '../features/notices/toasts.tsx';
import { MergeMenu } from '../features/objects/object-menu.tsx';
import { EmptyState } from '../features/open/empty-state.tsx';
import { OpenDialog } from '../features/open/open-dialog.tsx';
import { RecentsDialog } from '../features/open/recents-dialog.tsx';
import { useDropToOpen } from '../features/open/use-drop-to-open.ts';
import { Palette } from '../features/palette/palette.tsx';
import { CopyDialog } from '../features/project/copy-dialog.tsx';
import { SettingsDialog } from '../features/settings/settings-dialog.tsx';
import { StatusBar } from '../features/status/status-bar.tsx';
import { TopBar } from '../features/status/top-bar.tsx';
import { StreamsDialog } from '../features/streams/streams-dialog.tsx';
import { CloseDialog } from '../features/tabs/close-dialog.tsx';
import { TabBar } from '../features/tabs/tab-bar.tsx';
import { Timeline } from '../features/timeline/timeline.tsx';
import { usualTimelineHeight } from '../features/timeline/usual-height.ts';
import { Viewer } from '../features/viewer/viewer.tsx';
import { defaultPreferences } from '../state/preferences.ts';
import { setPreference } from '../state/remember-preferences.ts';
import { cx } from '../ui/cx.ts';
import { Splitter } from '../ui/splitter.tsx';
import styles from './app.module.css';
import { useApp, useAppState } from './app-context.ts';
import { Dock } from './dock.tsx';
import { appText } from './strings.ts';
import { useAskBeforeLeaving } from './use-ask-before-leaving.ts';

export const App = () => {
  useShortcuts();
  useAskBeforeLeaving();
  const { store } = useApp();
  const isDropping = useDropToOpen();
  const hasSession = useAppState((s) => s.session !== null);
  const hasTab = useAppState((s) => s.activeId !== null);
  const name = useAppState((s) => s.session?.media.name ?? null);
  const dialog = useAppState((s) => s.dialog);
  const { isSideShown, sideWidth, isTimelineShown, timelineHeight } = useAppState((s) => s.prefs);

  const usualHeight = useAppState((s) => usualTimelineHeight(s.session?.objects.length ?? 0));

  useEffect(() => {
    document.title = name === null ? appText.title : appText.titleWith(name);
  }, [name]);

  return (
    <div className={styles.app}>
      <TopBar />
      <TabBar />
      <EngineBanner />
      <main className={cx(styles.main, isDropping && styles.dropping)}>
        <h1 className={styles.hiddenTitle}>{appText.title}</h1>
        <Viewer />
        {hasSession && isSideShown && (
          <>
            <Splitter
              label={appText.resizeSide}
              size={sideWidth}
              least={240}
              most={720}
              usual={defaultPreferences.sideWidth}
              onSize={(width) => setPreference(store, { sideWidth: width })}
            />
            <Dock />
          </>
        )}
        {!hasTab && <EmptyState />}
        <Toasts />
      </main>
      {hasSession && isTimelineShown && (
        <Timeline>
          <Splitter
            isHorizontal
            label={appText.resizeTimeline}
            size={timelineHeight ?? usualHeight}
            least={120}
            most={Math.min(720, Math.max(160, window.innerHeight - 320))}
            usual={usualHeight}
            onSize={(height) => setPreference(store, { timelineHeight: height })}
          />
        </Timeline>
      )}
      <StatusBar />
      <MergeMenu />
      {dialog === 'open' && <OpenDialog />}
      {dialog === 'recents' && <RecentsDialog />}
      {dialog === 'camera' && <CameraDialog />}
      {dialog === 'close' && <CloseDialog />}
      {dialog === 'copy' && <CopyDialog />}
      {dialog === 'export' && <ExportDialog />}
      {dialog === 'log' && <LogDialog />}
      {dialog === 'models' && <ModelsDialog />}
      {dialog === 'palette' && <Palette />}
      {dialog === 'settings' && <SettingsDialog />}
      {dialog === 'shortcuts' && <ShortcutsDialog />}
      {dialog === 'streams' && <StreamsDialog />}
    </div>
  );
};
