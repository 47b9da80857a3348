/** An object's colour and shape, wherever it is named. */
import { objectShape } from '../../shared/object-colors.ts';

interface ObjectMarkProps {
  object: { id: number; color: string };
  /** px */
  size?: number;
}

export const ObjectMark = ({ object: { id, color }, size = 12 }: ObjectMarkProps) => {
  const { name, path } = objectShape(id);
  return (
    <svg width={size} height={size} viewBox="-0.5 -0.5 11 11" data-shape={name} aria-hidden="true">
      <path d={path} fill={color} />
    </svg>
  );
};
