// The tables of mixtures of experts: one layer beside its peers, and a step of ESFT beside full fine-tuning.
const THREADS = [1, 2];
const ROWS = [1, 4, 8, 32, 256];
const FLOORS = { deepgrain: 0.6, "deepgrain-blas": 1 };

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const show = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "-");
const verdict = (isMet) => (isMet ? "met" : "MISSED");
const plural = (threads) => `${threads} thread${threads > 1 ? "s" : ""}`;

/** Medians over rounds of a field, of the lines that `wanted` describes. */
function over(lines, wanted, field = "medianMs") {
  const fits = (line) => Object.entries(wanted).every(([key, value]) => line[key] === value);
  return median(lines.filter(fits).map((line) => line[field]));
}

function layerTable(lines, threads) {
  console.log(
    `\nMixture layer, forward and backward, ${plural(threads)}, ms (d 256, 32 experts of width 128, top-4, 1 shared)`,
  );
  for (const name of Object.keys(FLOORS)) {
    if (!lines.some((line) => line.name === name)) continue;
    for (const rows of ROWS) {
      const at = (field, who = name) => over(lines, { name: who, threads, rows }, field);
      const [mine, loop, torch] = [at("medianMs"), at("loopedMs"), at("medianMs", "pytorch")];
      console.log(
        `  ${name.padEnd(14)} ${String(rows).padStart(3)} rows an expert: ${show(mine).padStart(6)}, loop of products ${show(loop).padStart(6)}, PyTorch ${show(torch).padStart(6)}, 4 experts trained ${show(at("fourExpertsMs")).padStart(6)}; ` +
          `of the loop ${show(loop / mine)}, of PyTorch ${show(torch / mine)}`,
      );
    }
    printFloors(lines, name, threads);
  }
}

function printFloors(lines, name, threads) {
  const ratios = (other) =>
    ROWS.map((rows) => {
      const at = (who, field) => over(lines, { name: who, threads, rows }, field);
      return (other === "loop" ? at(name, "loopedMs") : at("pytorch")) / at(name);
    });
  const slowest = Math.min(...ratios("loop"));
  console.log(`    never slower than the loop: ${show(slowest)} (${verdict(slowest >= 1)})`);
  const torch = ratios("pytorch").at(-1);
  if (Number.isFinite(torch))
    console.log(
      `    2048 tokens, of PyTorch: ${show(torch)}, floor ${show(FLOORS[name], 1)} (${verdict(torch >= FLOORS[name])})`,
    );
}

/** One layer: grouped products, the same as a loop of products, and PyTorch's loop over experts. */
export function mixtureLayer({ ours, oursOnBlas, torch, rounds }) {
  const lines = Array.from({ length: rounds }, () =>
    THREADS.flatMap((threads) => [
      ...ours("moe-layer.mjs", threads, "0.5"),
      ...oursOnBlas("moe-layer.mjs", threads, "0.5"),
      ...torch("moe-layer.py", threads, "0.5"),
    ]),
  ).flat();
  for (const threads of THREADS) layerTable(lines, threads);
}

/** A training step with all weights, with ESFT's chosen experts and with LoRA. */
export function esftStep({ ours, oursOnBlas, rounds }) {
  const lines = Array.from({ length: rounds }, () =>
    THREADS.flatMap((threads) => [
      ...ours("esft-step.mjs", threads, "2"),
      ...oursOnBlas("esft-step.mjs", threads, "2"),
    ]),
  ).flat();
  console.log(
    "\nStep of the model of compare esft by what is trained (4 layers, d 64, 1 shared and 32 routed experts, top-4; 1024 tokens)",
  );
  for (const threads of THREADS)
    for (const backend of ["wasm", "blas"]) {
      const at = (name, field) => over(lines, { name, backend, threads }, field);
      const full = at("full", "medianMs");
      if (!Number.isFinite(full)) continue;
      for (const name of ["full", "esft", "lora"])
        console.log(
          `  ${backend} ${plural(threads).padEnd(9)} ${name.padEnd(4)} ${show(at(name)).padStart(6)} ms, ${show(at(name, "trainedParameters"), 0).padStart(6)} trained, gradients ${show(at(name, "gradientBytes") / 1024, 0)} KiB, optimiser ${show(at(name, "optimizerBytes") / 1024, 0)} KiB`,
        );
      const time = at("esft") / full;
      const share = (field) => at("esft", field) / at("full", field);
      console.log(
        `    ESFT of full: time ${show(time)}, at most 0.8 (${verdict(time <= 0.8)}); parameters ${show(share("trainedParameters"), 3)}, gradients ${show(share("gradientBytes"), 3)}, optimiser ${show(share("optimizerBytes"), 3)}`,
      );
    }
}
