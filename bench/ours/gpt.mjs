// node gpt.mjs <threads> <seconds> [wasm|blas]: one training step of a small GPT through the library's autograd.
// 4 layers, d 128, 4 heads, context 128, batch 16, vocabulary 512; forward + backward + AdamW. Prints one line of JSON.
import {
  add,
  createBlasBackend,
  createWasmBackend,
  crossEntropy,
  gelu,
  getBackend,
  memory,
  nn,
  optim,
  rand,
  scaledDotProductAttention,
  setBackend,
  tidy,
} from "../../packages/tensor-gpu/dist/index.js";

const threads = Number(process.argv[2] ?? 1);
const seconds = Number(process.argv[3] ?? 4);
const [layers, d, heads, context, batch, vocabulary] = [4, 128, 4, 128, 16, 512];
const makers = { wasm: createWasmBackend, blas: createBlasBackend };
const backendName = process.argv[4] ?? "wasm";
setBackend(makers[backendName]({ threads }));

class Block extends nn.Module {
  ln1 = new nn.LayerNorm(d);
  qkv = new nn.Linear(d, 3 * d);
  out = new nn.Linear(d, d);
  ln2 = new nn.LayerNorm(d);
  up = new nn.Linear(d, 4 * d);
  down = new nn.Linear(4 * d, d);

  forward(x) {
    const [q, k, v] = this.qkv
      .forward(this.ln1.forward(x))
      .reshape([batch, context, 3 * heads, d / heads])
      .chunk(3, 2);
    const mixed = scaledDotProductAttention(q, k, v, { isCausal: true }).reshape([
      batch,
      context,
      d,
    ]);
    const y = add(x, this.out.forward(mixed));
    return add(
      y,
      this.down.forward(gelu(this.up.forward(this.ln2.forward(y)), { approximate: "tanh" })),
    );
  }
}

class Gpt extends nn.Module {
  tokens = new nn.Embedding(vocabulary, d, { std: 0.02 });
  places = new nn.Embedding(context, d, { std: 0.02 });
  blocks = Array.from({ length: layers }, () => new Block());
  norm = new nn.LayerNorm(d);
  head = new nn.Linear(d, vocabulary, { bias: false });

  loss(ids, targets) {
    let x = add(this.tokens.forward(ids), this.places.weight);
    for (const block of this.blocks) x = block.forward(x);
    return crossEntropy(this.head.forward(this.norm.forward(x)), targets);
  }
}

const model = new Gpt();
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0 });
const ids = () => rand([batch, context], { high: vocabulary }).to({ dtype: "int32" });
const [inputs, targets] = [ids(), ids()];
const phases = { forward: [], backward: [], optimizer: [] };
let loss;

function step() {
  return tidy(() => {
    const start = performance.now();
    const value = model.loss(inputs, targets);
    loss = value.itemSync();
    const middle = performance.now();
    value.backward();
    const end = performance.now();
    optimizer.step();
    optimizer.zeroGrad();
    const done = performance.now();
    phases.forward.push(middle - start);
    phases.backward.push(end - middle);
    phases.optimizer.push(done - end);
    return done - start;
  });
}

for (let i = 0; i < 5; i++) step();
for (const list of Object.values(phases)) list.length = 0;
const before = memory().bytes;
const times = [];
const until = performance.now() + seconds * 1000;
while (performance.now() < until || times.length < 5) times.push(step());
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
console.log(
  JSON.stringify({
    name: backendName === "wasm" ? "deepgrain" : `deepgrain-${backendName}`,
    threads,
    medianMs: median(times),
    bestMs: Math.min(...times),
    forwardMs: median(phases.forward),
    backwardMs: median(phases.backward),
    optimizerMs: median(phases.optimizer),
    steps: times.length,
    loss,
    grownBytes: memory().bytes - before,
  }),
);
await getBackend().dispose();
