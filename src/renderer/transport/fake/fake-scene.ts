/** A made-up clip: a disc that crosses a gradient, and the logits a model would give for it. */
import { chromaSize, type FrameMessage, type FrameOverlay } from '../../../shared/wire.ts';

export const fakeMedia = {
  name: 'harbour.mp4',
  path: '/videos/harbour.mp4',
  width: 1280,
  height: 720,
  frameCount: 240,
  durationMs: 8000,
  averageFps: 30,
  isVariableFrameRate: false,
  hasAudio: true,
  codec: 'h264',
};

export const discAt = (objectId: number, frame: number): { x: number; y: number; radius: number } => {
  const phase = frame / 240 + objectId * 0.37;
  return { x: 640 + 380 * Math.sin(phase * 5), y: 360 + 150 * Math.cos(phase * 7 + objectId), radius: 70 + 25 * ((objectId * 7) % 3) };
};

const grid = { width: 96, height: 96 };

export const fakeOverlay = (objectId: number, frame: number): FrameOverlay => {
  const disc = discAt(objectId, frame);
  const logits = new Int8Array(grid.width * grid.height);
  for (let y = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++) {
      const dx = ((x + 0.5) / grid.width) * fakeMedia.width - disc.x;
      const dy = ((y + 0.5) / grid.height) * fakeMedia.height - disc.y;
      const wobble = 1 + 0.18 * Math.sin(3 * Math.atan2(dy, dx) + objectId);
      logits[y * grid.width + x] = Math.max(-127, Math.min(127, (disc.radius * wobble - Math.hypot(dx, dy)) * 1.5));
    }
  }
  return { objectId, ...grid, scale: 0.1, score: 0.9, objectLogit: 6, logits };
};

export const fakePicture = (requestId: number, frame: number, overlays: FrameOverlay[], discs: readonly number[]): FrameMessage => {
  const { width, height } = fakeMedia;
  const planes = new Uint8Array(width * height + 2 * chromaSize(width) * chromaSize(height));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      planes[y * width + x] = 50 + (y / height) * 110 + 14 * Math.sin((x + frame * 2) / 60) * Math.sin(y / 45);
  }
  planes.fill(132, width * height);
  for (const id of discs) {
    const disc = discAt(id, frame);
    for (let y = Math.max(0, Math.floor(disc.y - disc.radius)); y < Math.min(height, disc.y + disc.radius); y++) {
      for (let x = Math.max(0, Math.floor(disc.x - disc.radius)); x < Math.min(width, disc.x + disc.radius); x++) {
        if (Math.hypot(x - disc.x, y - disc.y) < disc.radius) planes[y * width + x] = 200 - 30 * (id % 4);
      }
    }
  }
  return { requestId, frame, timeMs: (frame * 1000) / 30, width, height, colorSpace: 'bt709', fullRange: false, planes, overlays };
};
