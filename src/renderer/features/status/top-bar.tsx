/** The clip that is open, and what is done with a clip as a whole. */
import { CircleHelp, Command, FolderOpen, Monitor, Moon, Sun, TriangleAlert, Upload } from 'lucide-react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { runningOperation } from '../../state/window-state.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { MenuBar } from '../menu/menu-bar.tsx';
import styles from './status.module.css';
import { statusText } from './strings.ts';

const themeIcons = { system: Monitor, light: Sun, dark: Moon };

export const TopBar = () => {
  const { desktop } = useApp();
  const theme = useAppState((s) => s.prefs.theme);
  const ThemeIcon = themeIcons[theme];
  // A narrow window leaves to the menus what they have.
  const inMenu = { className: styles.inMenu };
  const media = useAppState((s) => s.session?.media ?? null);
  return (
    <header className={styles.top}>
      <Logo />
      {!desktop && <MenuBar />}
      {desktop && (
        <CommandButton command="clip.open" variant="ghost">
          <FolderOpen size={15} /> {statusText.open}
        </CommandButton>
      )}
      <div className={styles.clip}>
        {media && (
          <>
            <span className={styles.clipName} title={media.path} dir="auto">
              {media.name}
            </span>
            <Detail />
            <Saved />
          </>
        )}
      </div>
      <CommandButton command="palette.open" variant="ghost" isIcon {...inMenu}>
        <Command size={15} />
      </CommandButton>
      <CommandButton command="view.theme" variant="ghost" isIcon {...inMenu} label={statusText.theme[theme]}>
        <ThemeIcon size={15} />
      </CommandButton>
      <CommandButton command="help.shortcuts" variant="ghost" isIcon {...inMenu}>
        <CircleHelp size={16} />
      </CommandButton>
      <ExportButton />
    </header>
  );
};

/** Of a live source nothing is known before its first picture. */
const Detail = () => {
  const media = useAppState((s) => s.session?.media ?? null);
  const isKnown = useAppState((s) => s.session?.live == null || s.session.live.buffer !== null);
  if (!media || !isKnown) return null;
  return (
    <span className={cx(styles.dim, styles.detail)}>
      {media.width} × {media.height} · {media.codec}
    </span>
  );
};

/** The work is saved by itself; this says that it is, or why it is not. */
const Saved = () => {
  const project = useAppState((s) => s.session?.project ?? null);
  const isLive = useAppState((s) => s.session?.live != null);
  if (isLive) return null;
  if (project?.error)
    return (
      <span className={styles.unsaved} role="status" title={project.error.message}>
        <TriangleAlert size={12} aria-hidden="true" /> {statusText.unsaved}
      </span>
    );
  return (
    <span className={styles.dim} role="status" title={project ? statusText.savedTitle(project.path) : statusText.unkeptTitle}>
      {project ? statusText.saved : statusText.unkept}
    </span>
  );
};

const ExportButton = () => {
  const { store } = useApp();
  const operation = useAppState((s) => runningOperation(s, 'export'));
  if (operation) {
    const percent = operation.total > 0 ? Math.floor((100 * operation.done) / operation.total) : 0;
    return (
      <Button label={statusText.showExport(percent)} onClick={() => store.setState({ dialog: 'export' })}>
        <Upload size={15} /> {statusText.exporting(percent)}
      </Button>
    );
  }
  return (
    <CommandButton command="clip.export">
      <Upload size={15} /> {statusText.export}
    </CommandButton>
  );
};

const Logo = () => (
  <span className={styles.logo}>
    <svg width={18} height={18} viewBox="0 0 18 18" aria-hidden="true">
      <circle className={styles.logoRing} cx={9} cy={9} r={7} />
      <path className={styles.logoMark} d="M7.200 5.900v6.200l5-3.100z" />
    </svg>
    <span className={styles.logoName}>SAM2 Video</span>
  </span>
);
