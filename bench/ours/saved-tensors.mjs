// Training steps per second here and in a built checkout of an earlier commit, in three alternating pairs:
//   DEEPGRAIN_BEFORE=../earlier node bench/ours/saved-tensors.mjs
// (both have `packages/tensor-gpu` built). The models are so small that their steps are mostly JavaScript, where checks show.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { markdownTable, median } from "../markdown.mjs";

const PAIRS = 3;
const WIDTHS = { "perceptron 8-16-16-1, batch 32": 16, "perceptron 8-128-128-1, batch 32": 128 };

/** Steps of forward, backward and AdamW per second of processor time, of the engine in a checkout. */
async function measure(checkout, width) {
  const file = resolve(checkout, "packages/tensor-gpu/dist/index.js");
  const { createWasmBackend, manualSeed, nn, optim, randn, setBackend, tidy } = await import(
    pathToFileURL(file)
  );
  setBackend(createWasmBackend({ threads: 1 }));
  manualSeed(1);
  const sizes = [8, width, width, 1];
  const layers = sizes.slice(1).map((to, i) => new nn.Linear(sizes[i], to));
  const optimizer = new optim.AdamW(layers.flatMap(({ weight, bias }) => [weight, bias]));
  const [x, y] = [randn([32, 8]), randn([32, 1])];
  const step = () =>
    tidy(() => {
      const hidden = layers.slice(0, 2).reduce((h, layer) => layer.forward(h).tanh(), x);
      layers[2].forward(hidden).sub(y).square().mean().backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
  for (let i = 0; i < 2000; i++) step();
  const count = Math.round(400_000 / (width + 20));
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) step();
  const { user, system } = process.cpuUsage(start);
  return (count / (user + system)) * 1e6;
}

const [checkout, width] = process.argv.slice(2);
if (width) console.log(await measure(checkout, Number(width)));
else {
  const before = process.env.DEEPGRAIN_BEFORE;
  if (!before) throw new Error("DEEPGRAIN_BEFORE must name a built checkout of an earlier commit");
  const here = fileURLToPath(new URL("..", import.meta.url));
  const run = (from, size) =>
    Number(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), from, size], {
        encoding: "utf8",
      }),
    );
  const rows = Object.entries(WIDTHS).map(([name, size]) => {
    const pairs = Array.from({ length: PAIRS }, () => [
      run(before, String(size)),
      run(here, String(size)),
    ]);
    const show = (i) => pairs.map((pair) => Math.round(pair[i])).join(", ");
    return [name, show(0), show(1), median(pairs.map(([old, now]) => now / old)).toFixed(3)];
  });
  console.log(markdownTable([["", "before", "after", "median ratio"], ...rows]));
}
