/**
 * Runs a detector of @vladmandic/human in TensorFlow.js, as that package does, for the exporter to compare with.
 *
 *     node tfjs-reference.mjs <folder with node_modules> <model.json> <picture: raw RGB> <its side>
 *
 * Prints { boxes: [left, top, right, bottom][], scores, classes }, best first, before any suppression.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const [folder, modelPath, picturePath, sideText] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), 'x.js'));
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const { loadGraphModel } = require('@tensorflow/tfjs-converter');

const side = Number(sideText);
const model = JSON.parse(readFileSync(modelPath, 'utf8'));
const parts = model.weightsManifest.flatMap(({ paths }) => paths).map((path) => readFileSync(join(dirname(modelPath), path)));
const weights = Buffer.concat(parts);

/** CenterNet enlarges to sizes that are constants, made for a picture of 512 px. */
const madeFor = 512;
const resizes = model.modelTopology.node.filter(({ op }) => op === 'ResizeBilinear').map(({ input }) => input[1]);
let offset = 0;
for (const { name, shape, dtype, quantization } of model.weightsManifest.flatMap((group) => group.weights)) {
  const count = shape.reduce((all, size) => all * size, 1);
  if (resizes.includes(name)) for (let i = 0; i < count; i++) weights.writeInt32LE((weights.readInt32LE(offset + 4 * i) * side) / madeFor, offset + 4 * i);
  offset += count * ((quantization?.dtype ?? dtype) === 'float16' ? 2 : 4);
}

for (const { op, attr } of model.modelTopology.node) if (op === 'Placeholder') delete attr.shape;
await tf.setBackend('cpu');
const graph = await loadGraphModel({
  load: async () => ({
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
  }),
});
const image = tf.tensor4d(Float32Array.from(readFileSync(picturePath)), [1, side, side, 3]);

/** The peaks of the class maps, as the graph's own last steps choose them for a picture of 512 px. */
const centernet = () => {
  const [heat, reach] = graph.execute(image, ['tower_0/keypoints', 'tower_0/wh']);
  const [, rows, columns, classes] = heat.shape;
  const around = tf.maxPool(heat, 3, 1, 'same').dataSync();
  const scores = heat.dataSync();
  const sides = reach.dataSync();
  const peaks = [];
  for (let i = 0; i < rows * columns * classes; i++) if (scores[i] === around[i] && scores[i] > 1e-3) peaks.push(i);
  return peaks
    .sort((a, b) => scores[b] - scores[a])
    .slice(0, 100)
    .map((i) => {
      const cell = Math.floor(i / classes);
      const [x, y] = [(cell % columns) * 4, Math.floor(cell / columns) * 4];
      const [left, up, right, down] = sides.slice(4 * cell, 4 * cell + 4);
      return { box: [x - left, y - up, x + right, y + down], score: scores[i], kind: i % classes };
    });
};

const blazeface = () => {
  const outputs = graph.execute(tf.sub(tf.div(image, 127.5), 1));
  const [coarse, fine, coarseBoxes, fineBoxes] = outputs.sort((a, b) => a.size - b.size).map((one) => one.arraySync()[0]);
  const anchors = [
    [side / 16, 2],
    [side / 8, 6],
  ].flatMap(([step, count]) =>
    Array.from({ length: (side / step) ** 2 }, (_, cell) => [(cell % (side / step)) + 0.5, Math.floor(cell / (side / step)) + 0.5])
      .flatMap((centre) => Array(count).fill(centre))
      .map(([x, y]) => [x * step, y * step]),
  );
  const boxes = [...fineBoxes, ...coarseBoxes];
  return [...fine, ...coarse]
    .map(([logit], at) => {
      const [dx, dy, width, height] = boxes[at];
      const [x, y] = [anchors[at][0] + dx, anchors[at][1] + dy];
      return { box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2], score: 1 / (1 + Math.exp(-logit)), kind: 0 };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, 100);
};

const found = modelPath.endsWith('centernet.json') ? centernet() : blazeface();
console.log(
  JSON.stringify({ boxes: found.map(({ box }) => box), scores: found.map(({ score }) => score), classes: found.map(({ kind }) => kind) }),
);
