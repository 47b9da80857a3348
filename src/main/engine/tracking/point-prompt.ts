/** Points and a box, checked and in the form the decoder takes (rule 3). */
import { AppError } from '../../../shared/errors.ts';

export interface PointPrompt {
  /** [x, y] in source px. */
  points: [number, number][];
  /** 1 = on the object, 0 = not. */
  labels: number[];
  /** [left, top, right, bottom] in source px, or null. */
  box: [number, number, number, number] | null;
}

interface FrameSize {
  width: number;
  height: number;
}

/** @throws AppError `prompt-invalid` or `prompt-outside-frame` */
export const checkPoints = (prompt: PointPrompt, { width, height }: FrameSize): void => {
  if (prompt.points.length !== prompt.labels.length) throw new AppError('prompt-invalid', 'Each point needs one label, 1 or 0.');
  if (prompt.points.length === 0 && prompt.box === null)
    throw new AppError('prompt-invalid', 'A prompt needs at least one point or a box.');
  for (const [x, y] of prompt.points) {
    if (!(x >= 0 && y >= 0 && x <= width && y <= height)) {
      throw new AppError(
        'prompt-outside-frame',
        `The point ${x},${y} is outside the frame, which is ${width} x ${height} px. Choose a point inside it.`,
      );
    }
  }
  if (prompt.box) {
    const [left, top, right, bottom] = prompt.box;
    if (!(left < right && top < bottom))
      throw new AppError('prompt-invalid', `The box ${prompt.box.join(',')} is empty. Draw it with some width and height.`);
    if (right <= 0 || bottom <= 0 || left >= width || top >= height) {
      throw new AppError('prompt-outside-frame', `The box ${prompt.box.join(',')} is outside the frame, which is ${width} x ${height} px.`);
    }
  }
};

/**
 * Box corners first, points after, one pad last; in pixels of the model's input.
 * @param size side of the model's input
 */
export const encodePoints = (
  prompt: PointPrompt,
  { width, height }: FrameSize,
  size: number,
): { points: Float32Array; labels: Float32Array; count: number } => {
  const coordinates: number[] = [];
  const labels: number[] = [];
  const push = (x: number, y: number, label: number): void => {
    // fp32 in the order of the official predictor: divide by the video's size, then multiply.
    coordinates.push(Math.fround(Math.fround(x / width) * size), Math.fround(Math.fround(y / height) * size));
    labels.push(label);
  };
  if (prompt.box) {
    push(prompt.box[0], prompt.box[1], 2);
    push(prompt.box[2], prompt.box[3], 3);
  }
  prompt.points.forEach(([x, y], index) => {
    push(x, y, prompt.labels[index]!);
  });
  coordinates.push(0, 0);
  labels.push(-1);
  return { points: Float32Array.from(coordinates), labels: Float32Array.from(labels), count: labels.length };
};
