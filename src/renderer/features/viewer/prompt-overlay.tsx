/** Points and boxes of the shown frame, over the picture. A point is taken away by a click on it. */
import { useStore } from 'zustand';
import { useApp, useAppState } from '../../app/app-context.ts';
import { objectsOf, promptOn, shownObjects } from '../../state/window-state.ts';
import { cx } from '../../ui/cx.ts';
import { canvasFromImage, type Point, type ViewTransform } from './geometry.ts';
import { viewerText } from './strings.ts';
import styles from './viewer.module.css';

export const PromptOverlay = ({ draft }: { draft: { from: Point; to: Point } | null }) => {
  const { viewport } = useApp();
  const view = useStore(viewport.store, (s) => s.view);
  const objects = useAppState(objectsOf);
  const areMasksVisible = useAppState((s) => s.areMasksVisible);
  const selectedId = useAppState((s) => s.selectedId);
  const pointer = useAppState((s) => s.keyPointer);
  return (
    <svg className={styles.overlay} aria-label={viewerText.prompts}>
      {areMasksVisible &&
        shownObjects(objects).map(({ id, color }) => (
          <ObjectPrompts key={id} objectId={id} color={color} view={view} isSelected={id === selectedId} />
        ))}
      {pointer && <KeyPointer at={canvasFromImage(view, pointer)} />}
      {draft && (
        <rect
          className={styles.draft}
          x={Math.min(draft.from.x, draft.to.x)}
          y={Math.min(draft.from.y, draft.to.y)}
          width={Math.abs(draft.to.x - draft.from.x)}
          height={Math.abs(draft.to.y - draft.from.y)}
        />
      )}
    </svg>
  );
};

/** Where the keyboard points. */
const KeyPointer = ({ at }: { at: Point }) => (
  <g data-part="key-pointer" transform={`translate(${at.x} ${at.y})`} pointerEvents="none">
    <path className={styles.pointerDark} d="M-14 0h10M4 0h10M0 -14v10M0 4v10" />
    <path className={styles.pointerLight} d="M-14 0h10M4 0h10M0 -14v10M0 4v10" />
  </g>
);

interface ObjectPromptsProps {
  objectId: number;
  color: string;
  view: ViewTransform;
  isSelected: boolean;
}

const ObjectPrompts = ({ objectId, color, view, isSelected }: ObjectPromptsProps) => {
  const { prompts } = useApp();
  const drafts = useAppState((s) => s.drafts);
  const session = useAppState((s) => s.session);
  const frame = useAppState((s) => s.shownFrame);
  const isPointTool = useAppState((s) => s.tool === 'point' || s.tool === 'box');
  const { points, box } = promptOn({ drafts, session }, objectId, frame);
  const corner = box && canvasFromImage(view, box);
  return (
    <g className={cx(!isSelected && styles.otherObject)}>
      {box && corner && (
        <rect
          className={styles.boxPrompt}
          x={corner.x}
          y={corner.y}
          width={box.width * view.scale}
          height={box.height * view.scale}
          stroke={color}
        />
      )}
      {points.map((point, index) => {
        const at = canvasFromImage(view, point);
        const isPositive = point.label === 1;
        const name = isPositive ? viewerText.positive(index + 1) : viewerText.negative(index + 1);
        return (
          // biome-ignore lint/a11y/useSemanticElements: there is no button in SVG
          <g
            // biome-ignore lint/suspicious/noArrayIndexKey: a point is known by its place in the prompt
            key={index}
            role="button"
            tabIndex={isSelected && isPointTool ? 0 : -1}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== 'Delete') return;
              event.preventDefault();
              event.stopPropagation();
              if (isSelected) void prompts.removePoint(index);
            }}
            aria-label={isSelected ? viewerText.clickToRemove(name) : name}
            className={cx(styles.point, isPositive ? styles.pointPositive : styles.pointNegative)}
            transform={`translate(${at.x} ${at.y})`}
            onPointerDown={(event) => {
              if (!isSelected || !isPointTool || event.button === 1) return;
              event.stopPropagation();
              void prompts.removePoint(index);
            }}
          >
            <title>{isSelected ? viewerText.clickToRemove(name) : name}</title>
            <circle className={styles.pointHit} r={12} />
            <circle className={styles.pointDisc} r={7} fill={isPositive ? color : '#15181c'} stroke={isPositive ? '#ffffff' : color} />
            <path className={styles.pointSign} d={isPositive ? 'M-3 0H3M0 -3V3' : 'M-3 0H3'} stroke={isPositive ? '#0b0c0e' : '#ffffff'} />
          </g>
        );
      })}
    </g>
  );
};
