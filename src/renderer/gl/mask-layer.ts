/** One object's mask on the GPU: its logits as a texture, drawn over the part of the picture that can hold the mask. */
import {
  CustomBlending,
  DoubleSide,
  GLSL3,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  type PlaneGeometry,
  RawShaderMaterial,
  Vector2,
  Vector3,
  Vector4,
} from 'three';
import type { FrameOverlay } from '../../shared/wire.ts';
import { byteTexture } from './byte-texture.ts';
import { rgbOf } from './color.ts';
import { maskShader, vertexShader } from './shaders.ts';

/** Grid cells that hold the mask, with a margin of two for the cubic's reach; null when there is none. */
export const maskCells = (
  overlay: Pick<FrameOverlay, 'logits' | 'width' | 'height'>,
): { x: number; y: number; width: number; height: number } | null => {
  const { logits, width, height } = overlay;
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (logits[i]! <= 0) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (right < 0) return null;
  left = Math.max(0, left - 2);
  top = Math.max(0, top - 2);
  right = Math.min(width - 1, right + 2);
  bottom = Math.min(height - 1, bottom + 2);
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
};

export class MaskLayer {
  readonly mesh: Mesh<PlaneGeometry, RawShaderMaterial>;
  #texture = byteTexture(1, 1, new Uint8Array(1));
  #bytes = new Uint8Array(1);

  constructor(geometry: PlaneGeometry, clip: Vector4, order: number) {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader: maskShader,
      // The picture's y runs down, which turns the square round.
      side: DoubleSide,
      depthTest: false,
      depthWrite: false,
      transparent: true,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
      uniforms: {
        uClip: { value: clip },
        uRect: { value: new Vector4(0, 0, 1, 1) },
        uLogits: { value: this.#texture },
        uGrid: { value: new Vector2(1, 1) },
        uColor: { value: new Vector3() },
        uFill: { value: 0.4 },
        uContour: { value: 1 },
        uContourPx: { value: 2 },
      },
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = order;
  }

  /** @returns whether there is anything to draw */
  setOverlay(overlay: FrameOverlay): boolean {
    const { width, height, logits } = overlay;
    const cells = overlay.objectLogit > 0 ? maskCells(overlay) : null;
    this.mesh.visible = cells !== null;
    if (!cells) return false;
    if (this.#bytes.length !== width * height || this.#texture.image.width !== width) {
      this.#texture.dispose();
      this.#bytes = new Uint8Array(width * height);
      this.#texture = byteTexture(width, height, this.#bytes);
      this.#uniform('uLogits').value = this.#texture;
      (this.#uniform('uGrid').value as Vector2).set(width, height);
    }
    for (let i = 0; i < logits.length; i++) this.#bytes[i] = logits[i]! + 128;
    this.#texture.needsUpdate = true;
    (this.#uniform('uRect').value as Vector4).set(cells.x / width, cells.y / height, cells.width / width, cells.height / height);
    return true;
  }

  setStyle(color: string, fill: number, contourPx: number): void {
    (this.#uniform('uColor').value as Vector3).fromArray(rgbOf(color));
    this.#uniform('uFill').value = fill;
    this.#uniform('uContour').value = contourPx > 0 ? 1 : 0;
    this.#uniform('uContourPx').value = contourPx;
  }

  dispose(): void {
    this.#texture.dispose();
    this.mesh.material.dispose();
  }

  #uniform(name: string): { value: unknown } {
    return this.mesh.material.uniforms[name]!;
  }
}
