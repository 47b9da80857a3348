/**
 * How a picture travels: one binary message with its session, the frame's planes and each object's low-res logits.
 * The same bytes go over a WebSocket and a MessagePort. Little-endian. Masks travel as logits, not pictures: the shader
 * upsamples and thresholds them, so contours are smooth at every zoom.
 */
import { AppError } from './errors.ts';

const magic = 0x53563246;
const version = 2;
const headerBytes = 56;
const overlayHeaderBytes = 28;

export interface FrameOverlay {
  objectId: number;
  /** Size of the logit grid, which covers the whole frame. */
  width: number;
  height: number;
  /** logit = value * scale; the mask is where logit > 0. */
  scale: number;
  /** Predicted IoU, 0..1. */
  predictedIou: number;
  /** > 0: the object is in the frame. */
  objectLogit: number;
  logits: Int8Array;
}

export interface FrameMessage {
  /** The session it is of: a UUID. */
  sessionId: string;
  /** The request this answers, or 0 for a frame pushed while tracking. */
  requestId: number;
  frame: number;
  timeMs: number;
  /** Size of the planes; 0 x 0 when the message carries overlays alone. */
  width: number;
  height: number;
  colorSpace: 'bt601' | 'bt709' | 'bt2020';
  fullRange: boolean;
  /** Y, then U, then V (4:2:0, chroma sizes rounded up), tightly packed. */
  planes: Uint8Array;
  overlays: FrameOverlay[];
}

export const chromaSize = (size: number): number => (size + 1) >> 1;
export const planesByteLength = (width: number, height: number): number => width * height + 2 * chromaSize(width) * chromaSize(height);

const idBytes = 16;

const putId = (view: DataView, at: number, id: string): void => {
  const digits = id.replaceAll('-', '');
  for (let i = 0; i < idBytes; i++) view.setUint8(at + i, Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
};

const getId = (view: DataView, at: number): string => {
  const digits = Array.from({ length: idBytes }, (_, i) =>
    view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0'),
  ).join('');
  return [8, 12, 16, 20].reduceRight((text, place) => `${text.slice(0, place)}-${text.slice(place)}`, digits);
};

const colorSpaces = ['bt601', 'bt709', 'bt2020'] as const;
const align4 = (n: number): number => (n + 3) & ~3;

export const encodeFrameMessage = (message: FrameMessage): ArrayBuffer => {
  let total = headerBytes + align4(message.planes.byteLength);
  for (const overlay of message.overlays) total += overlayHeaderBytes + align4(overlay.logits.byteLength);
  const buffer = new ArrayBuffer(total);
  const view = new DataView(buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, version, true);
  view.setUint32(8, message.requestId, true);
  view.setUint32(12, message.frame, true);
  view.setFloat64(16, message.timeMs, true);
  view.setUint16(24, message.width, true);
  view.setUint16(26, message.height, true);
  view.setUint8(28, colorSpaces.indexOf(message.colorSpace));
  view.setUint8(29, message.fullRange ? 1 : 0);
  view.setUint32(32, message.planes.byteLength, true);
  view.setUint32(36, message.overlays.length, true);
  putId(view, 40, message.sessionId);
  new Uint8Array(buffer, headerBytes, message.planes.byteLength).set(message.planes);
  let at = headerBytes + align4(message.planes.byteLength);
  for (const overlay of message.overlays) {
    view.setUint32(at, overlay.objectId, true);
    view.setUint16(at + 4, overlay.width, true);
    view.setUint16(at + 6, overlay.height, true);
    view.setFloat32(at + 8, overlay.scale, true);
    view.setFloat32(at + 12, overlay.predictedIou, true);
    view.setFloat32(at + 16, overlay.objectLogit, true);
    view.setUint32(at + 20, overlay.logits.byteLength, true);
    new Int8Array(buffer, at + overlayHeaderBytes, overlay.logits.byteLength).set(overlay.logits);
    at += overlayHeaderBytes + align4(overlay.logits.byteLength);
  }
  return buffer;
};

const refuse = (why: string): never => {
  throw new AppError(
    'bad-request',
    `A frame message could not be read: ${why}. The two sides may be of different versions: reload the window.`,
  );
};

/** The message as views into `buffer`. @throws AppError `bad-request` when a size does not add up. */
export const decodeFrameMessage = (buffer: ArrayBuffer): FrameMessage => {
  if (buffer.byteLength < headerBytes) refuse('it is shorter than its header');
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== magic || view.getUint16(4, true) !== version) refuse('it does not start with the known mark and version');
  const width = view.getUint16(24, true);
  const height = view.getUint16(26, true);
  const planeBytes = view.getUint32(32, true);
  const overlayCount = view.getUint32(36, true);
  if (planeBytes !== planesByteLength(width, height)) refuse('its planes do not match its size');
  let at = headerBytes + align4(planeBytes);
  if (at > buffer.byteLength) refuse('its planes are cut');
  const overlays: FrameOverlay[] = [];
  for (let i = 0; i < overlayCount; i++) {
    if (at + overlayHeaderBytes > buffer.byteLength) refuse('an overlay is cut');
    const overlayWidth = view.getUint16(at + 4, true);
    const overlayHeight = view.getUint16(at + 6, true);
    const bytes = view.getUint32(at + 20, true);
    if (bytes !== overlayWidth * overlayHeight || at + overlayHeaderBytes + bytes > buffer.byteLength) refuse('an overlay is cut');
    overlays.push({
      objectId: view.getUint32(at, true),
      width: overlayWidth,
      height: overlayHeight,
      scale: view.getFloat32(at + 8, true),
      predictedIou: view.getFloat32(at + 12, true),
      objectLogit: view.getFloat32(at + 16, true),
      logits: new Int8Array(buffer, at + overlayHeaderBytes, bytes),
    });
    at += overlayHeaderBytes + align4(bytes);
  }
  return {
    sessionId: getId(view, 40),
    requestId: view.getUint32(8, true),
    frame: view.getUint32(12, true),
    timeMs: view.getFloat64(16, true),
    width,
    height,
    colorSpace: colorSpaces[view.getUint8(28)] ?? 'bt709',
    fullRange: view.getUint8(29) === 1,
    planes: new Uint8Array(buffer, headerBytes, planeBytes),
    overlays,
  };
};
