// node tfjs-gpt.mjs [sizes as JSON] [hardware|software], from a folder where @tensorflow/tfjs and its wasm backend are installed:
// the training step of ours/workload.mjs gpt; of other sizes, on its webgpu backend. Its wasm backend has no gradient for gather,
// so the embedding is a one-hot product. One line of JSON.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { nodeGpu } from "../node-gpu.mjs";
import { clockOn } from "../webgpu/queued-time.mjs";
import { stepName } from "../webgpu/sizes.mjs";

const require = createRequire(`${process.cwd()}/`);
const tf = require("@tensorflow/tfjs");
const [given, hardware] = process.argv.slice(2);
if (given) {
  await nodeGpu();
  require("@tensorflow/tfjs-backend-webgpu");
} else {
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  wasm.setThreadsCount(1);
}
await tf.setBackend(given ? "webgpu" : "wasm");
await tf.ready();

const small = { layers: 4, d: 128, heads: 4, context: 128, batch: 16, vocabulary: 512 };
const sizes = given ? JSON.parse(given) : small;
const { layers, d, heads, context, batch, vocabulary } = sizes;
const clock = clockOn(hardware);
const rows = batch * context;
const weights = [];
const variable = (value) => {
  const out = tf.variable(value);
  weights.push(out);
  return out;
};
const normal = (shape) => variable(tf.randomNormal(shape, 0, 0.02));
const ones = () => variable(tf.ones([d]));
const zeros = (n) => variable(tf.zeros([n]));
const [tokens, places] = [normal([vocabulary, d]), normal([context, d])];
const blocks = Array.from({ length: layers }, () => ({
  g1: ones(),
  b1: zeros(d),
  qkv: normal([d, 3 * d]),
  bq: zeros(3 * d),
  o: normal([d, d]),
  bo: zeros(d),
  g2: ones(),
  b2: zeros(d),
  up: normal([d, 4 * d]),
  bu: zeros(4 * d),
  down: normal([4 * d, d]),
  bd: zeros(d),
}));
const [g, b, head] = [ones(), zeros(d), normal([d, vocabulary])];
const mask = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([context, context]), -1, 0)), -1e9);

function layerNorm(x, g, b) {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.mul(centred, centred), -1, true);
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, 1e-5))), g), b);
}
const gelu = (x) =>
  tf.mul(
    tf.mul(x, 0.5),
    tf.add(1, tf.tanh(tf.mul(0.7978845608, tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x))))))),
  );
const linear = (x, w, b) => tf.add(tf.matMul(x, w), b);

function loss(inputs, targets) {
  let x = tf.add(tf.matMul(inputs, tokens).reshape([batch, context, d]), places);
  for (const p of blocks) {
    const h = layerNorm(x, p.g1, p.b1).reshape([rows, d]);
    const [q, k, v] = tf.unstack(
      linear(h, p.qkv, p.bq)
        .reshape([batch, context, 3, heads, d / heads])
        .transpose([2, 0, 3, 1, 4]),
    );
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(d / heads)), mask);
    const mixed = tf.matMul(tf.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([rows, d]);
    x = tf.add(x, linear(mixed, p.o, p.bo).reshape([batch, context, d]));
    const u = gelu(linear(layerNorm(x, p.g2, p.b2).reshape([rows, d]), p.up, p.bu));
    x = tf.add(x, linear(u, p.down, p.bd).reshape([batch, context, d]));
  }
  const logits = tf.matMul(layerNorm(x, g, b).reshape([rows, d]), head);
  return tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), targets)), rows));
}

const oneHot = () =>
  tf.oneHot(tf.randomUniform([rows], 0, vocabulary, "int32"), vocabulary).toFloat();
const [inputs, targets] = [oneHot(), oneHot()];
const optimizer = tf.train.adam(1e-3);
const times = [];
for (let i = 0; i < 4; i++) {
  const start = clock();
  const cost = optimizer.minimize(() => loss(inputs, targets), true, weights);
  await cost.data();
  cost.dispose();
  if (i > 0) times.push(clock() - start);
}
times.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    name: given ? "tfjs" : "tfjs-wasm",
    threads: 1,
    ...(given ? { what: stepName(sizes), ms: times[0] } : {}),
    medianMs: times[times.length >> 1],
    bestMs: times[0],
  }),
);
process.exit(0);
