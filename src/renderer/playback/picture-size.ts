/** How large a picture is asked for. */

/** Shares of the source's size: few, since another size is decoded from the start. */
const pictureShares = [0.25, 0.375, 0.5, 0.625, 0.75, 1];

/** @param devicePixelsPerSourcePixel as it is drawn */
export const pictureShare = (devicePixelsPerSourcePixel: number): number =>
  pictureShares.find((share) => share >= devicePixelsPerSourcePixel * 0.99) ?? 1;

/** Bounds within which the host fits a picture. @param size of the source */
export const pictureBounds = (size: { width: number; height: number }, share: number): { maxWidth: number; maxHeight: number } => {
  const bound = (length: number): number => Math.min(4096, Math.max(64, Math.ceil(length * share)));
  return { maxWidth: bound(size.width), maxHeight: bound(size.height) };
};

/** Whether a picture has less detail than these bounds allow; sizes are rounded to even numbers. */
export const isCoarser = (
  picture: { width: number; height: number },
  { maxWidth, maxHeight }: { maxWidth: number; maxHeight: number },
): boolean => picture.width < maxWidth - 2 && picture.height < maxHeight - 2;
