// node jax-js-gpt.mjs <seconds> [sizes as JSON] [hardware|software], from a folder where @jax-js/jax is installed: the training
// step of ours/workload.mjs gpt, jitted as a whole; of other sizes, on WebGPU. It never threads by itself on Node. Prints one line
// of JSON.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import v8 from "node:v8";
import { nodeGpu } from "../node-gpu.mjs";
import { clockOn } from "../webgpu/queued-time.mjs";
import { stepName } from "../webgpu/sizes.mjs";

if (Number(process.versions.node.split(".")[0]) < 22)
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
const require = createRequire(`${process.cwd()}/`);
const jax = await import(pathToFileURL(require.resolve("@jax-js/jax")).href);
const { numpy: np, nn, jit, valueAndGrad, blockUntilReady, tree } = jax;
const [seconds, given, hardware] = process.argv.slice(2);
const device = given ? "webgpu" : "wasm";
if (given) await nodeGpu();
await jax.init(device);
jax.defaultDevice(device);

const small = { layers: 4, d: 128, heads: 4, context: 128, batch: 16, vocabulary: 512 };
const sizes = given ? JSON.parse(given) : small;
const { layers, d, heads, context, batch, vocabulary } = sizes;
const clock = clockOn(hardware);
const rows = batch * context;
let seed = 1;
const random = () => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-9)) * Math.cos(2 * Math.PI * random());
const randn = (shape) =>
  np
    .array(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.02 * normal()))
    .reshape(shape);

let parameters = {
  tokens: randn([vocabulary, d]),
  places: randn([context, d]),
  g: np.ones([d]),
  b: np.zeros([d]),
  head: randn([d, vocabulary]),
};
for (let i = 0; i < layers; i++)
  Object.assign(parameters, {
    [`g1${i}`]: np.ones([d]),
    [`b1${i}`]: np.zeros([d]),
    [`qkv${i}`]: randn([d, 3 * d]),
    [`bq${i}`]: np.zeros([3 * d]),
    [`o${i}`]: randn([d, d]),
    [`bo${i}`]: np.zeros([d]),
    [`g2${i}`]: np.ones([d]),
    [`b2${i}`]: np.zeros([d]),
    [`up${i}`]: randn([d, 4 * d]),
    [`bu${i}`]: np.zeros([4 * d]),
    [`dn${i}`]: randn([4 * d, d]),
    [`bd${i}`]: np.zeros([d]),
  });
const keys = Object.keys(parameters);
const mask = np
  .array(
    Float32Array.from({ length: context * context }, (_, i) =>
      i % context > Math.floor(i / context) ? -1e9 : 0,
    ),
  )
  .reshape([context, context]);

function layerNorm(x, g, b) {
  const centred = x.ref.sub(x.mean(-1, { keepdims: true }));
  const variance = np.square(centred.ref).mean(-1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(g)
    .add(b);
}

function loss(p, inputs, targets) {
  let x = np.matmul(inputs, p.tokens).reshape([batch, context, d]).add(p.places);
  for (let i = 0; i < layers; i++) {
    const h = layerNorm(x.ref, p[`g1${i}`], p[`b1${i}`]).reshape([rows, d]);
    const qkv = np
      .matmul(h, p[`qkv${i}`])
      .add(p[`bq${i}`])
      .reshape([batch, context, 3, heads, d / heads])
      .transpose([2, 0, 3, 1, 4]);
    const [q, k, v] = [qkv.ref.slice(0), qkv.ref.slice(1), qkv.slice(2)];
    const weights = nn.softmax(
      np
        .matmul(q, k.transpose([0, 1, 3, 2]))
        .mul(1 / Math.sqrt(d / heads))
        .add(mask.ref),
    );
    const mixed = np.matmul(weights, v).transpose([0, 2, 1, 3]).reshape([rows, d]);
    x = x.add(np.matmul(mixed, p[`o${i}`]).add(p[`bo${i}`]).reshape([batch, context, d]));
    const u = nn.gelu(
      np
        .matmul(layerNorm(x.ref, p[`g2${i}`], p[`b2${i}`]).reshape([rows, d]), p[`up${i}`])
        .add(p[`bu${i}`]),
    );
    x = x.add(np.matmul(u, p[`dn${i}`]).add(p[`bd${i}`]).reshape([batch, context, d]));
  }
  const logits = np.matmul(layerNorm(x, p.g, p.b).reshape([rows, d]), p.head);
  return nn
    .logSoftmax(logits)
    .mul(targets)
    .sum()
    .mul(-1 / rows);
}

const lossAndGradient = jit((p, x, y) => valueAndGrad(loss)(p, x, y));
const adam = jit((p, g, m, v, c1, c2) => {
  const [P, M, V] = [{}, {}, {}];
  for (const key of keys) {
    M[key] = m[key].mul(0.9).add(g[key].ref.mul(0.1));
    V[key] = v[key].mul(0.999).add(np.square(g[key]).mul(0.001));
    P[key] = p[key].sub(
      M[key].ref
        .mul(c1.ref)
        .div(np.sqrt(V[key].ref.mul(c2.ref)).add(1e-8))
        .mul(1e-3),
    );
  }
  c1.dispose();
  c2.dispose();
  return [P, M, V];
});
const oneHot = () => {
  const values = new Float32Array(rows * vocabulary);
  for (let i = 0; i < rows; i++) values[i * vocabulary + Math.floor(random() * vocabulary)] = 1;
  return np.array(values).reshape([rows, vocabulary]);
};
const [inputs, targets] = [oneHot(), oneHot()];
const zeros = () => Object.fromEntries(keys.map((key) => [key, np.zeros(parameters[key].shape)]));
let [m, v] = [zeros(), zeros()];

async function step(t) {
  const start = clock();
  const [value, gradients] = lossAndGradient(tree.ref(parameters), inputs.ref, targets.ref);
  await value.data();
  [parameters, m, v] = adam(
    parameters,
    gradients,
    m,
    v,
    np.array(1 / (1 - 0.9 ** t)),
    np.array(1 / (1 - 0.999 ** t)),
  );
  await blockUntilReady(parameters.head);
  return clock() - start;
}

const times = [];
await step(1);
const until = clock() + Number(seconds ?? 4) * 1000;
for (let t = 2; clock() < until || times.length < 4; t++) times.push(await step(t));
times.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    name: "jax-js",
    threads: 1,
    ...(given ? { what: stepName(sizes), ms: times[0] } : {}),
    medianMs: times[times.length >> 1],
    bestMs: times[0],
  }),
);
process.exit(0);
