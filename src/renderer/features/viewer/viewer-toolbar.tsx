/** What the tool in hand can be told, and the view, in a bar over the picture so that they cover none of it. */
import { Check, CircleMinus, CirclePlus, Eye, EyeOff, Maximize, Minus, Plus, Shapes, Spline, X } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useAppState, useShortcut } from '../../app/app-context.ts';
import { setPreference } from '../../state/remember-preferences.ts';
import { maskChoice } from '../../state/window-state.ts';
import { Button, CommandButton } from '../../ui/button.tsx';
import { largestBrush, smallestBrush } from './brush.ts';
import { CandidateStrip } from './candidate-strip.tsx';
import { EmptyMask } from './empty-mask.tsx';
import { viewerText as text } from './strings.ts';
import styles from './viewer.module.css';

/** Masks that the model makes of clicks. */
const maskChoices = 4;

export const ViewerToolbar = () => {
  const tool = useAppState((s) => s.tool);
  const computing = useAppState((s) => s.activeId !== null && s.computing.includes(s.activeId));
  return (
    <>
      <div className={styles.bar}>
        {tool === 'brush' || tool === 'eraser' ? (
          <BrushOptions />
        ) : tool === 'point' ? (
          <PointOptions />
        ) : (
          <p className={styles.computing}>{tool === 'box' ? text.boxHelp : text.handHelp}</p>
        )}
        <div className={styles.tools}>
          <MaskChoice />
          <EmptyMask />
          <p className={styles.computing} role="status">
            {computing && text.computing}
          </p>
        </div>
        <ViewOptions />
      </div>
      <CandidateStrip />
    </>
  );
};

/** Where the object was clicked, the model made several masks: one says which is taken, and takes the next. */
const MaskChoice = () => {
  const choice = useAppState(maskChoice);
  if (choice === null) return null;
  const name = choice === 0 ? text.bestMask : text.maskOf(choice, maskChoices);
  return (
    <CommandButton command="prompt.nextMask" variant="ghost" size="small" label={text.otherMask(name)}>
      <Shapes size={14} /> {name}
    </CommandButton>
  );
};

const PointOptions = () => {
  const { store } = useApp();
  const label = useAppState((s) => s.promptLabel);
  const key = useShortcut('prompt.toggleMode');
  return (
    <div className={styles.tools} role="toolbar" aria-label={text.promptMode}>
      <Button
        variant="ghost"
        size="small"
        isPressed={label === 1}
        title={text.addTitle(key)}
        onClick={() => store.setState({ promptLabel: 1 })}
      >
        <CirclePlus size={14} /> {text.add}
      </Button>
      <Button
        variant="ghost"
        size="small"
        isPressed={label === 0}
        title={text.removeTitle(key)}
        onClick={() => store.setState({ promptLabel: 0 })}
      >
        <CircleMinus size={14} /> {text.remove}
      </Button>
    </div>
  );
};

const BrushOptions = () => {
  const { store } = useApp();
  const size = useAppState((s) => s.prefs.brushSize);
  const strokes = useAppState((s) => s.strokeCount);
  const tool = useAppState((s) => s.tool);
  return (
    <div className={styles.tools} role="toolbar" aria-label={text.brushSize}>
      <input
        className={styles.slider}
        type="range"
        aria-label={text.brushSize}
        title={text.brushSize}
        min={Math.log(smallestBrush)}
        max={Math.log(largestBrush)}
        step={0.02}
        value={Math.log(size)}
        onChange={(event) => setPreference(store, { brushSize: Math.round(Math.exp(event.target.valueAsNumber)) })}
      />
      <span className={styles.value}>{text.brushSizePx(size)}</span>
      {strokes > 0 ? (
        <>
          <CommandButton command="brush.apply" variant="primary" size="small" label={text.apply}>
            <Check size={14} /> {text.apply}
          </CommandButton>
          <CommandButton command="brush.discard" variant="ghost" size="small" label={text.discard}>
            <X size={14} /> {text.discard}
          </CommandButton>
          <span className={styles.computing}>{text.strokes(strokes)}</span>
        </>
      ) : (
        <span className={styles.computing}>{tool === 'eraser' ? text.eraserHelp : text.brushHelp}</span>
      )}
    </div>
  );
};

const ViewOptions = () => {
  const { store, viewport } = useApp();
  const areMasksVisible = useAppState((s) => s.areMasksVisible);
  const { fillOpacity, areContoursShown } = useAppState((s) => s.prefs);
  const scale = useStore(viewport.store, (s) => s.view.scale);
  const percent = Math.round(scale * window.devicePixelRatio * 100);
  return (
    <div className={styles.tools} role="toolbar" aria-label={text.view}>
      <CommandButton command="view.toggleOverlays" variant="ghost" size="small" isIcon isPressed={!areMasksVisible}>
        {areMasksVisible ? <Eye size={15} /> : <EyeOff size={15} />}
      </CommandButton>
      <CommandButton command="view.toggleContours" variant="ghost" size="small" isIcon isPressed={areContoursShown}>
        <Spline size={15} />
      </CommandButton>
      <input
        className={styles.slider}
        type="range"
        aria-label={text.opacity}
        title={text.opacity}
        min={0}
        max={0.9}
        step={0.05}
        value={fillOpacity}
        onChange={(event) => setPreference(store, { fillOpacity: event.target.valueAsNumber })}
      />
      <span className={styles.divider} />
      <CommandButton command="view.zoomOut" variant="ghost" size="small" isIcon>
        <Minus size={15} />
      </CommandButton>
      <CommandButton command="view.actualSize" variant="ghost" size="small" className={styles.zoom} label={text.zoomTitle(percent)}>
        {percent}%
      </CommandButton>
      <CommandButton command="view.zoomIn" variant="ghost" size="small" isIcon>
        <Plus size={15} />
      </CommandButton>
      <CommandButton command="view.fit" variant="ghost" size="small" isIcon>
        <Maximize size={14} />
      </CommandButton>
    </div>
  );
};
