/** Where a search looks and where it does not, over the picture, while the panel of the search is open. */
import { useStore } from 'zustand';
import { useApp, useAppState } from '../../app/app-context.ts';
import type { RegionKind } from '../../state/find-form.ts';
import { cx } from '../../ui/cx.ts';
import { canvasFromImage } from '../viewer/geometry.ts';
import styles from './find.module.css';
import { foundTab } from './found-tab.ts';
import { findText as text } from './strings.ts';

const kinds: readonly RegionKind[] = ['include', 'exclude'];

export const RegionOverlay = () => {
  const { viewport } = useApp();
  const view = useStore(viewport.store, (s) => s.view);
  const form = useAppState((s) => s.findForm);
  const isShown = useAppState((s) => s.session !== null && s.prefs.isSideShown && s.prefs.sideTab === foundTab);
  if (!isShown) return null;
  return (
    <svg className={styles.overlay} data-part="find-regions">
      <title>{text.options}</title>
      {kinds.flatMap((kind) =>
        form[kind].map((box, index) => {
          const corner = canvasFromImage(view, box);
          const size = { width: box.width * view.scale, height: box.height * view.scale };
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a region is known by its place in the list
              key={`${kind} ${index}`}
              data-region={kind}
              className={cx(styles.region, kind === 'exclude' && styles.leftOut)}
              {...corner}
              {...size}
            />
          );
        }),
      )}
    </svg>
  );
};
