/**
 * One object's mask on the GPU: where it lies wholly in a cell of its logits a plain fill, and the shader that
 * interpolates the logits where its contour may run (mask-cells.ts).
 */
import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DoubleSide,
  DynamicDrawUsage,
  GLSL3,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  type Scene,
  Vector2,
  Vector3,
  type Vector4,
} from 'three';
import type { FrameOverlay } from '../../shared/wire.ts';
import { byteTexture4 } from './byte-texture.ts';
import { rgbOf } from './color.ts';
import { packLogitTexels, texelsSize } from './logit-texels.ts';
import { maskCells } from './mask-cells.ts';
import { cellsVertexShader, fillShader, maskShader } from './shaders.ts';

/** The widest contour, in CSS pixels. */
export const mostContourPx = 2.5;

/**
 * Rectangles of the picture, drawn with one material. Their corners are written out: a software GPU draws each instance
 * of an instanced geometry as a drawing of its own.
 */
class CellsMesh {
  readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  #most = 0;

  constructor(fragmentShader: string, uniforms: Record<string, { value: unknown }>) {
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: cellsVertexShader,
      fragmentShader,
      // The picture's y runs down, which turns the rectangles round.
      side: DoubleSide,
      depthTest: false,
      depthWrite: false,
      transparent: true,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
      uniforms,
    });
    this.mesh = new Mesh(this.#geometry(64), material);
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  get hasCells(): boolean {
    return this.mesh.geometry.drawRange.count > 0;
  }

  /** @param cells left, top, right, bottom, one after the other */
  setCells(cells: Float32Array): void {
    const count = cells.length / 4;
    if (count > this.#most) {
      this.mesh.geometry.dispose();
      this.mesh.geometry = this.#geometry(Math.ceil(1.5 * count));
    }
    const { geometry } = this.mesh;
    geometry.setDrawRange(0, 6 * count);
    if (count === 0) return;
    const attribute = geometry.getAttribute('corner') as BufferAttribute;
    const corners = attribute.array;
    for (let i = 0, at = 0; i < cells.length; i += 4, at += 8) {
      const left = cells[i]!;
      const top = cells[i + 1]!;
      const right = cells[i + 2]!;
      const bottom = cells[i + 3]!;
      corners[at] = left;
      corners[at + 1] = top;
      corners[at + 2] = right;
      corners[at + 3] = top;
      corners[at + 4] = left;
      corners[at + 5] = bottom;
      corners[at + 6] = right;
      corners[at + 7] = bottom;
    }
    attribute.clearUpdateRanges();
    attribute.addUpdateRange(0, 8 * count);
    attribute.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }

  #geometry(most: number): BufferGeometry {
    this.#most = most;
    const geometry = new BufferGeometry();
    geometry.setAttribute('corner', new BufferAttribute(new Float32Array(8 * most), 2).setUsage(DynamicDrawUsage));
    const index = new Uint32Array(6 * most);
    for (let i = 0; i < most; i++) index.set([4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 2, 4 * i + 1, 4 * i + 3], 6 * i);
    geometry.setIndex(new BufferAttribute(index, 1));
    geometry.setDrawRange(0, 0);
    return geometry;
  }
}

export class MaskLayer {
  readonly #fill: CellsMesh;
  readonly #edge: CellsMesh;
  readonly #grid = { value: new Vector2() };
  readonly #color = { value: new Vector3() };
  readonly #opacity = { value: 0.4 };
  readonly #hasContour = { value: 1 };
  readonly #contourPx = { value: 2 };
  readonly #logits = { value: byteTexture4(1, 1, new Uint8Array(4)) };
  #texels = new Uint8Array(4);
  #overlay: FrameOverlay | null = null;
  #isVisible = false;
  /** Of the cells there are, and whether they are of the overlay. */
  #reach = 0;
  #isNew = false;

  constructor(clip: Vector4) {
    const common = { uClip: { value: clip }, uColor: this.#color, uFill: this.#opacity };
    this.#fill = new CellsMesh(fillShader, common);
    this.#edge = new CellsMesh(maskShader, {
      ...common,
      uLogits: this.#logits,
      uGrid: this.#grid,
      uContour: this.#hasContour,
      uContourPx: this.#contourPx,
    });
  }

  addTo(scene: Scene): void {
    scene.add(this.#fill.mesh, this.#edge.mesh);
  }

  removeFrom(scene: Scene): void {
    scene.remove(this.#fill.mesh, this.#edge.mesh);
  }

  /** @param overlay null = not in this frame. What it needs on the GPU is made when it is drawn. */
  setOverlay(overlay: FrameOverlay | null): void {
    this.#overlay = overlay && overlay.objectLogit > 0 ? overlay : null;
    this.#isNew = true;
  }

  /** @param order among the masks: later ones are drawn over earlier ones */
  setStyle(color: string, fill: number, contourPx: number, order: number): void {
    this.#color.value.fromArray(rgbOf(color));
    this.#opacity.value = fill;
    this.#hasContour.value = contourPx > 0 ? 1 : 0;
    this.#contourPx.value = contourPx;
    this.#fill.mesh.renderOrder = order;
    this.#edge.mesh.renderOrder = order;
  }

  set isVisible(isVisible: boolean) {
    this.#isVisible = isVisible;
  }

  /**
   * Called before each drawing.
   * @param width of the whole picture as it is drawn, in device pixels
   * @param linePx the widest that a contour may be, in device pixels; 0 = there are none
   * @param isWanted false = it is left out this time
   */
  prepare(width: number, height: number, linePx: number, isWanted: boolean): void {
    const overlay = isWanted && this.#isVisible ? this.#overlay : null;
    if (overlay) {
      const cellPx = Math.min(width / overlay.width, height / overlay.height);
      const reach = (linePx / 2 + 0.5) / Math.max(cellPx, 1e-3);
      // In steps, so that zooming does not find the cells anew in every frame.
      const step = 2 ** (Math.ceil(2 * Math.log2(reach)) / 2);
      if (this.#isNew || step !== this.#reach) this.#setCells(overlay, step);
    }
    this.#fill.mesh.visible = overlay !== null && this.#fill.hasCells && this.#opacity.value > 0;
    this.#edge.mesh.visible = overlay !== null && this.#edge.hasCells;
  }

  dispose(): void {
    this.#logits.value.dispose();
    this.#fill.dispose();
    this.#edge.dispose();
  }

  #setCells(overlay: FrameOverlay, reach: number): void {
    const { width, height, logits } = overlay;
    const cells = maskCells(overlay, reach);
    this.#fill.setCells(cells.inside);
    this.#edge.setCells(cells.edge);
    this.#reach = reach;
    if (!this.#isNew) return;
    this.#isNew = false;
    if (this.#grid.value.x !== width || this.#grid.value.y !== height) {
      const size = texelsSize(width, height);
      this.#logits.value.dispose();
      this.#texels = new Uint8Array(4 * size.width * size.height);
      this.#logits.value = byteTexture4(size.width, size.height, this.#texels);
      this.#grid.value.set(width, height);
    }
    packLogitTexels(logits, width, height, this.#texels);
    this.#logits.value.needsUpdate = true;
  }
}
