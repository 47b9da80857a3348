/** The window: a viewer, the objects beside it, the timeline below. */
import { useEffect } from 'react';
import { useShortcuts } from '../commands/use-shortcuts.ts';
import { ExportDialog } from '../features/export/export-dialog.tsx';
import { ShortcutsDialog } from '../features/help/shortcuts-dialog.tsx';
import { ModelsDialog } from '../features/models/models-dialog.tsx';
import { EngineBanner } from '../features/notices/engine-banner.tsx';
import { Toasts } from '../features/notices/toasts.tsx';
import { ObjectList } from '../features/objects/object-list.tsx';
import { EmptyState } from '../features/open/empty-state.tsx';
import { OpenDialog } from '../features/open/open-dialog.tsx';
import { StatusBar } from '../features/status/status-bar.tsx';
import { TopBar } from '../features/status/top-bar.tsx';
import { Timeline } from '../features/timeline/timeline.tsx';
import { TrackPanel } from '../features/track/track-panel.tsx';
import { Viewer } from '../features/viewer/viewer.tsx';
import { reportError } from '../state/app-store.ts';
import styles from './app.module.css';
import { useApp, useAppState } from './app-context.ts';

export const App = () => {
  useShortcuts();
  const { desktop, openClip, store } = useApp();
  const hasSession = useAppState((s) => s.host?.session != null);
  const name = useAppState((s) => s.host?.session?.media.name ?? null);
  const dialog = useAppState((s) => s.dialog);

  useEffect(() => {
    document.title = name === null ? 'SAM2 Video' : `${name} – SAM2 Video`;
  }, [name]);

  useEffect(() => {
    // Without these a dropped file would replace the window's page.
    const onDragOver = (event: DragEvent): void => event.preventDefault();
    const onDrop = (event: DragEvent): void => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (desktop && file) void openClip(desktop.pathOf(file)).then((error) => error && reportError(store, error));
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('drop', onDrop);
    };
  }, [desktop, openClip, store]);

  return (
    <div className={styles.app}>
      <TopBar />
      <EngineBanner />
      <main className={styles.main}>
        <Viewer />
        <aside className={styles.side} aria-label="Objects and tracking">
          <ObjectList />
          <TrackPanel />
        </aside>
        {!hasSession && <EmptyState />}
        <Toasts />
      </main>
      {hasSession && <Timeline />}
      <StatusBar />
      {dialog === 'open' && <OpenDialog />}
      {dialog === 'export' && <ExportDialog />}
      {dialog === 'models' && <ModelsDialog />}
      {dialog === 'shortcuts' && <ShortcutsDialog />}
    </div>
  );
};
