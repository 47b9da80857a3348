/** The programs of the viewer: the picture from its planes, and one object's mask over it. GLSL ES 3.00. */

/**
 * The unit square, moved to where the picture lies; `uClip` is (scale x, scale y, offset x, offset y) into clip space.
 */
export const vertexShader = /* glsl */ `
in vec3 position;
uniform vec4 uClip;
out vec2 vUv;
void main() {
  vUv = position.xy;
  gl_Position = vec4(vUv * uClip.xy + uClip.zw, 0.0, 1.0);
}`;

/**
 * The same for parts of the picture. Corners that two of them share are the same to the bit, so that no pixel is drawn
 * twice or never.
 */
export const cellsVertexShader = /* glsl */ `
in vec2 corner;
uniform vec4 uClip;
out vec2 vUv;
void main() {
  vUv = corner;
  gl_Position = vec4(vUv * uClip.xy + uClip.zw, 0.0, 1.0);
}`;

/** Where a mask has no border near. */
export const fillShader = /* glsl */ `
precision highp float;
uniform vec3 uColor;
uniform float uFill;
out vec4 color;
void main() {
  color = vec4(uColor * uFill, uFill);
}`;

/** YUV to RGB. Chroma of H.264 sits left in its luma pair, which is half a luma pixel off the centre. */
export const pictureShader = /* glsl */ `
precision highp float;
uniform sampler2D uY;
uniform sampler2D uU;
uniform sampler2D uV;
uniform mat3 uRgbFromYuv;
uniform vec3 uYuvOffset;
uniform vec2 uChromaShift;
in vec2 vUv;
out vec4 color;
void main() {
  vec2 chroma = vUv + uChromaShift;
  vec3 yuv = vec3(texture(uY, vUv).r, texture(uU, chroma).r, texture(uV, chroma).r);
  color = vec4(clamp(uRgbFromYuv * (yuv - uYuvOffset), 0.0, 1.0), 1.0);
}`;

/**
 * A mask from its logits: cubic (Catmull-Rom) between grid points, cut at 0. The contour's distance in screen pixels is
 * the value over its gradient, which keeps its width and its smoothing the same at every zoom. Where the four nearest
 * values are all beyond 30 of 127, twelve far ones cannot change the sign: the cubic is left out there, which half of
 * what is left to this shader (mask-cells.ts) and matters on a software GPU. So does that a texel holds four neighbours
 * (logit-texels.ts).
 */
export const maskShader = /* glsl */ `
precision highp float;
uniform sampler2D uLogits;
uniform vec2 uGrid;
uniform vec3 uColor;
uniform float uFill;
uniform float uContour;
uniform float uContourPx;
in vec2 vUv;
out vec4 color;

// Four neighbours in a row of the grid, as signed values.
vec4 at(ivec2 p) {
  return texelFetch(uLogits, p, 0) * 255.0 - 128.0;
}

vec4 weights(float t) {
  float t2 = t * t;
  float t3 = t2 * t;
  return vec4(-0.5 * t + t2 - 0.5 * t3, 1.0 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2.0 * t2 - 1.5 * t3, 0.5 * (t3 - t2));
}

float valueAt(vec2 uv) {
  vec2 p = uv * uGrid - 0.5;
  vec2 base = clamp(floor(p), vec2(-1.0), uGrid - 1.0);
  vec2 t = clamp(p - base, 0.0, 1.0);
  ivec2 place = ivec2(base) + ivec2(1, 2);
  vec4 above = at(place);
  vec4 below = at(place + ivec2(0, 1));
  float low = min(min(above.y, above.z), min(below.y, below.z));
  float high = max(max(above.y, above.z), max(below.y, below.z));
  if (low > 30.0 || high < -30.0) return mix(mix(above.y, above.z, t.x), mix(below.y, below.z, t.x), t.y);
  vec4 wx = weights(t.x);
  vec4 rows = vec4(dot(wx, at(place - ivec2(0, 1))), dot(wx, above), dot(wx, below), dot(wx, at(place + ivec2(0, 2))));
  return dot(weights(t.y), rows);
}

void main() {
  float value = valueAt(vUv);
  float slope = max(length(vec2(dFdx(value), dFdy(value))), 1e-4);
  float distancePx = value / slope;
  float inside = smoothstep(-0.5, 0.5, distancePx);
  float line = 1.0 - smoothstep(uContourPx * 0.5 - 0.5, uContourPx * 0.5 + 0.5, abs(distancePx));
  float alpha = max(inside * uFill, line * uContour);
  if (alpha <= 0.002) discard;
  color = vec4(uColor * alpha, alpha);
}`;
