/** Prompt mode and view controls, in a bar over the picture so that they cover none of it. */
import { CircleMinus, CirclePlus, Eye, EyeOff, Maximize, Minus, Plus } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import styles from './viewer.module.css';

export const ViewerToolbar = () => {
  const { store, viewport } = useApp();
  const label = useAppState((s) => s.promptLabel);
  const areMasksVisible = useAppState((s) => s.areMasksVisible);
  const fillOpacity = useAppState((s) => s.fillOpacity);
  const computing = useAppState((s) => s.computing > 0);
  const scale = useStore(viewport.store, (s) => s.view.scale);
  const percent = Math.round(scale * window.devicePixelRatio * 100);
  return (
    <div className={styles.bar}>
      <div className={styles.tools} role="toolbar" aria-label="Prompt mode">
        <Button
          variant="ghost"
          size="small"
          isPressed={label === 1}
          title="A click says: this is the object  (N switches)"
          onClick={() => store.setState({ promptLabel: 1 })}
        >
          <CirclePlus size={14} /> Add
        </Button>
        <Button
          variant="ghost"
          size="small"
          isPressed={label === 0}
          title="A click says: this is not the object  (N switches; or right-click, or Alt+click)"
          onClick={() => store.setState({ promptLabel: 0 })}
        >
          <CircleMinus size={14} /> Remove
        </Button>
      </div>
      <p className={styles.computing} role="status">
        {computing && 'Finding the mask…'}
      </p>
      <div className={styles.tools} role="toolbar" aria-label="View">
        <CommandButton command="view.toggleOverlays" variant="ghost" size="small" isIcon isPressed={!areMasksVisible}>
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
        <CommandButton command="view.zoomOut" variant="ghost" size="small" isIcon>
          <Minus size={15} />
        </CommandButton>
        <CommandButton
          command="view.actualSize"
          variant="ghost"
          size="small"
          className={styles.zoom}
          label={`Zoom ${percent} %: show actual size`}
        >
          {percent}%
        </CommandButton>
        <CommandButton command="view.zoomIn" variant="ghost" size="small" isIcon>
          <Plus size={15} />
        </CommandButton>
        <CommandButton command="view.fit" variant="ghost" size="small" isIcon>
          <Maximize size={14} />
        </CommandButton>
      </div>
    </div>
  );
};
