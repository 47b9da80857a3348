/** Prompt mode and view controls, floating over the picture. */
import { Eye, EyeOff, Maximize, Minus, Plus } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import styles from './viewer.module.css';

export const ViewerToolbar = () => {
  const { store, viewport } = useApp();
  const label = useAppState((s) => s.promptLabel);
  const areMasksVisible = useAppState((s) => s.areMasksVisible);
  const fillOpacity = useAppState((s) => s.fillOpacity);
  const scale = useStore(viewport.store, (s) => s.view.scale);
  return (
    <>
      <div className={styles.modes} role="toolbar" aria-label="Prompt mode">
        <Button
          variant="ghost"
          isIcon
          isPressed={label === 1}
          label="Add to the object: click = this is the object"
          onClick={() => store.setState({ promptLabel: 1 })}
        >
          <Plus size={16} />
        </Button>
        <Button
          variant="ghost"
          isIcon
          isPressed={label === 0}
          label="Remove from the object: click = this is not the object  (N, or right-click, or Alt+click)"
          onClick={() => store.setState({ promptLabel: 0 })}
        >
          <Minus size={16} />
        </Button>
      </div>
      <div className={styles.viewTools} role="toolbar" aria-label="View">
        <CommandButton command="view.toggleOverlays" variant="ghost" isIcon isPressed={!areMasksVisible}>
          {areMasksVisible ? <Eye size={15} /> : <EyeOff size={15} />}
        </CommandButton>
        <input
          className={styles.opacity}
          type="range"
          aria-label="Mask opacity"
          title="Mask opacity"
          min={0}
          max={0.9}
          step={0.05}
          value={fillOpacity}
          onChange={(event) => store.setState({ fillOpacity: event.target.valueAsNumber })}
        />
        <span className={styles.divider} />
        <CommandButton command="view.zoomOut" variant="ghost" isIcon>
          <Minus size={15} />
        </CommandButton>
        <CommandButton
          command="view.actualSize"
          variant="ghost"
          className={styles.zoom}
          label={`Zoom ${Math.round(scale * window.devicePixelRatio * 100)} %: show actual size`}
        >
          {Math.round(scale * window.devicePixelRatio * 100)}%
        </CommandButton>
        <CommandButton command="view.zoomIn" variant="ghost" isIcon>
          <Plus size={15} />
        </CommandButton>
        <CommandButton command="view.fit" variant="ghost" isIcon>
          <Maximize size={15} />
        </CommandButton>
      </div>
    </>
  );
};
