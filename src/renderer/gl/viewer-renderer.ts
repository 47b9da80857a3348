/**
 * Draws the current frame and its masks with three.js. It knows nothing of React, of the host or of time: it is given
 * pictures, overlays, styles and a view, and draws once per animation frame when any of them changed.
 */
import {
  DoubleSide,
  GLSL3,
  Matrix3,
  Mesh,
  OrthographicCamera,
  PlaneGeometry,
  RawShaderMaterial,
  Scene,
  Vector2,
  Vector3,
  Vector4,
  WebGLRenderer,
} from 'three';
import { chromaSize, type FrameMessage, type FrameOverlay } from '../../shared/wire.ts';
import { byteTexture } from './byte-texture.ts';
import { yuvConversion } from './color.ts';
import { DrawTimer } from './draw-timer.ts';
import { MaskLayer, mostContourPx } from './mask-layer.ts';
import { pictureShader, vertexShader } from './shaders.ts';

export interface MaskStyle {
  objectId: number;
  color: string;
  isSelected: boolean;
  isHovered: boolean;
}

export interface GlView {
  scale: number;
  offsetX: number;
  offsetY: number;
}

export class ViewerRenderer {
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new OrthographicCamera();
  readonly #geometry: PlaneGeometry;
  readonly #clip = new Vector4();
  readonly #picture: Mesh<PlaneGeometry, RawShaderMaterial>;
  readonly #masks = new Map<number, MaskLayer>();
  #planes = [byteTexture(1, 1, new Uint8Array(1)), byteTexture(1, 1, new Uint8Array(1)), byteTexture(1, 1, new Uint8Array(1))];
  #planesSize = '';
  #overlays: readonly FrameOverlay[] = [];
  #styles: readonly MaskStyle[] = [];
  #fill = 0.4;
  #hasContours = true;
  readonly #timer: DrawTimer;
  #size = { width: 1, height: 1, screenRatio: 1 };
  /** Of the canvas's own pixels along each side. */
  #share = 1;
  #image = { width: 1, height: 1 };
  #view: GlView = { scale: 1, offsetX: 0, offsetY: 0 };
  #scheduled = 0;

  /** @param keepPixels leaves the drawn pixels readable, for tests */
  constructor(canvas: HTMLCanvasElement, keepPixels = false) {
    this.#renderer = new WebGLRenderer({
      canvas,
      antialias: false,
      alpha: true,
      premultipliedAlpha: true,
      preserveDrawingBuffer: keepPixels,
    });
    this.#renderer.setClearColor(0, 0);
    this.#timer = new DrawTimer(this.#renderer.getContext() as WebGL2RenderingContext);
    this.#geometry = new PlaneGeometry(1, 1);
    this.#geometry.translate(0.5, 0.5, 0);
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader: pictureShader,
      side: DoubleSide,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        uClip: { value: this.#clip },
        uY: { value: this.#planes[0] },
        uU: { value: this.#planes[1] },
        uV: { value: this.#planes[2] },
        uRgbFromYuv: { value: new Matrix3() },
        uYuvOffset: { value: new Vector3() },
        uChromaShift: { value: new Vector2() },
      },
    });
    this.#picture = new Mesh(this.#geometry, material);
    this.#picture.frustumCulled = false;
    this.#picture.visible = false;
    this.#scene.add(this.#picture);
    canvas.addEventListener('webglcontextrestored', () => this.#schedule());
  }

  /** @param screenRatio device pixels per CSS pixel */
  setSize(width: number, height: number, screenRatio: number): void {
    this.#size = { width, height, screenRatio };
    this.#applySize();
  }

  /** Draws with fewer pixels than the canvas has on the screen. @param share of them along each side, 1 = all */
  setShare(share: number): void {
    if (share === this.#share) return;
    this.#share = share;
    this.#applySize();
  }

  /** Tells how long drawings take, in ms. @returns ends it */
  timeDrawings(onDrawn: (ms: number) => void): () => void {
    this.#timer.onDrawn = onDrawn;
    return () => {
      this.#timer.onDrawn = null;
    };
  }

  /** Size of the source, which the view's image space is in; pictures may be smaller. */
  setImageSize(width: number, height: number): void {
    this.#image = { width, height };
    this.#schedule();
  }

  setView(view: GlView): void {
    this.#view = view;
    this.#schedule();
  }

  setPicture(message: FrameMessage): void {
    this.#setPlanes(message);
    const { matrix, offset } = yuvConversion(message.colorSpace, message.fullRange);
    const { uniforms } = this.#picture.material;
    (uniforms.uRgbFromYuv!.value as Matrix3).set(...matrix);
    (uniforms.uYuvOffset!.value as Vector3).set(...offset);
    (uniforms.uChromaShift!.value as Vector2).set(0.5 / message.width, 0);
    this.#picture.visible = true;
    this.setOverlays(message.overlays);
  }

  setOverlays(overlays: readonly FrameOverlay[]): void {
    this.#overlays = overlays;
    for (const layer of this.#masks.values()) layer.setOverlay(null);
    for (const overlay of overlays) this.#layer(overlay.objectId).setOverlay(overlay);
    this.#applyStyles();
  }

  /** Objects to draw, in their order, how strongly they are filled, and whether they have contours. */
  setStyles(styles: readonly MaskStyle[], fill: number, hasContours: boolean): void {
    this.#styles = styles;
    this.#fill = fill;
    this.#hasContours = hasContours;
    const known = new Set(styles.map((style) => style.objectId));
    for (const [id, layer] of this.#masks) {
      if (known.has(id)) continue;
      layer.removeFrom(this.#scene);
      layer.dispose();
      this.#masks.delete(id);
    }
    this.setOverlays(this.#overlays);
  }

  /** Back to nothing drawn. */
  clear(): void {
    this.#picture.visible = false;
    this.setOverlays([]);
  }

  /**
   * RGBA of canvas pixels as drawn; for tests, with keepPixels.
   * @param hasMasks false = as they would be without any mask
   */
  readPixels(points: readonly { x: number; y: number }[], hasMasks = true): [number, number, number, number][] {
    this.#draw(hasMasks);
    const gl = this.#renderer.getContext();
    const { height } = this.#size;
    const pixelRatio = this.#pixelRatio;
    const out = new Uint8Array(4);
    const read = points.map(({ x, y }): [number, number, number, number] => {
      gl.readPixels(Math.floor(x * pixelRatio), Math.floor((height - y) * pixelRatio) - 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, out);
      return [out[0]!, out[1]!, out[2]!, out[3]!];
    });
    if (!hasMasks) this.#schedule();
    return read;
  }

  dispose(): void {
    cancelAnimationFrame(this.#scheduled);
    this.#timer.dispose();
    for (const layer of this.#masks.values()) layer.dispose();
    for (const plane of this.#planes) plane.dispose();
    this.#picture.material.dispose();
    this.#geometry.dispose();
    this.#renderer.dispose();
  }

  /** Drawn pixels per CSS pixel. */
  get #pixelRatio(): number {
    return this.#size.screenRatio * this.#share;
  }

  #applySize(): void {
    this.#renderer.setPixelRatio(this.#pixelRatio);
    this.#renderer.setSize(this.#size.width, this.#size.height, false);
    this.#applyStyles();
    // Resizing clears the canvas: drawing now rather than in the next frame avoids a flash.
    this.#draw();
  }

  #setPlanes({ width, height, planes }: FrameMessage): void {
    const chroma = { width: chromaSize(width), height: chromaSize(height) };
    const sizes = [{ width, height }, chroma, chroma];
    const isSameSize = this.#planesSize === `${width}x${height}`;
    if (!isSameSize) for (const plane of this.#planes) plane.dispose();
    let at = 0;
    this.#planes = sizes.map((size, i) => {
      const bytes = size.width * size.height;
      const data = planes.subarray(at, at + bytes) as Uint8Array<ArrayBuffer>;
      at += bytes;
      if (!isSameSize) return byteTexture(size.width, size.height, data);
      const texture = this.#planes[i]!;
      texture.image.data = data;
      texture.needsUpdate = true;
      return texture;
    });
    this.#planesSize = `${width}x${height}`;
    const { uniforms } = this.#picture.material;
    uniforms.uY!.value = this.#planes[0];
    uniforms.uU!.value = this.#planes[1];
    uniforms.uV!.value = this.#planes[2];
  }

  #layer(objectId: number): MaskLayer {
    let layer = this.#masks.get(objectId);
    if (!layer) {
      layer = new MaskLayer(this.#clip);
      this.#masks.set(objectId, layer);
      layer.addTo(this.#scene);
    }
    return layer;
  }

  #applyStyles(): void {
    for (const [id, layer] of this.#masks) {
      const index = this.#styles.findIndex((style) => style.objectId === id);
      const style = this.#styles[index];
      layer.isVisible = style !== undefined;
      if (!style) continue;
      const contourPx = this.#hasContours ? (style.isSelected || style.isHovered ? mostContourPx : 1.5) * this.#pixelRatio : 0;
      const fill = this.#fill * (style.isSelected ? 1 : 0.8);
      layer.setStyle(style.color, style.isHovered && !style.isSelected ? Math.min(0.9, fill + 0.12) : fill, contourPx, 1 + index);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = requestAnimationFrame(() => this.#draw());
  }

  #draw(hasMasks = true): void {
    cancelAnimationFrame(this.#scheduled);
    this.#scheduled = 0;
    const startedAt = performance.now();
    const { width, height } = this.#size;
    const pixelRatio = this.#pixelRatio;
    const { scale, offsetX, offsetY } = this.#view;
    // Image uv, y down, to clip space, y up.
    this.#clip.set(
      (2 * this.#image.width * scale) / width,
      (-2 * this.#image.height * scale) / height,
      (2 * offsetX) / width - 1,
      1 - (2 * offsetY) / height,
    );
    const ratio = scale * pixelRatio;
    const linePx = this.#hasContours ? mostContourPx * pixelRatio : 0;
    for (const layer of this.#masks.values()) layer.prepare(this.#image.width * ratio, this.#image.height * ratio, linePx, hasMasks);
    this.#renderer.render(this.#scene, this.#camera);
    this.#timer.drew(startedAt);
  }
}
