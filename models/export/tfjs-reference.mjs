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
await tf.setBackend('cpu');
const graph = await loadGraphModel({
  load: async () => ({
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
    signature: model.signature ?? model.userDefinedMetadata?.signature,
  }),
});
const image = tf.tensor4d(Float32Array.from(readFileSync(picturePath)), [1, side, side, 3]);

const centernet = () => {
  const [rows] = graph.execute(image, ['tower_0/detections']).arraySync();
  return rows.map((row) => ({ box: row.slice(0, 4), score: row[4], kind: row[5] }));
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
