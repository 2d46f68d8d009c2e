// The table of generation: milliseconds per token, a prompt, and many prompts together, beside PyTorch.
import { markdownTable, median, show, showMs } from "./markdown.mjs";

const MODELS = ["15M", "110M"];
const CASES = ["token at 16", "token at 1500", "prompt of 512"];

function over(lines, wanted) {
  const fits = (line) => Object.entries(wanted).every(([key, value]) => line[key] === value);
  return median(lines.filter(fits).map(({ ms }) => ms));
}

/** Decoding on one thread, ours and PyTorch's in turns. */
export function inference({ ours, oursOnBlas, torch, rounds }) {
  const lines = Array.from({ length: rounds }, () => [
    ...ours("decode.mjs", 1, "2"),
    ...oursOnBlas("decode.mjs", 1, "2"),
    ...torch("decode.py", 1, "2"),
  ]).flat();
  console.log("\n### Generation of Llama-shaped models, float32, one thread, ms; random weights\n");
  const rows = MODELS.flatMap((model) =>
    CASES.map((what) => {
      const of = (name) => over(lines, { name, model, what });
      const [wasm, blas, peer] = ["deepgrain", "deepgrain-blas", "pytorch"].map(of);
      const ratios = [show(peer / wasm), show(peer / blas)];
      return [`${model}, ${what}`, ...[wasm, blas, peer].map(showMs), ...ratios];
    }),
  );
  const head = ["", "`wasm`", "`blas`", "PyTorch", "`wasm`, of PyTorch", "`blas`, of PyTorch"];
  console.log(markdownTable([head, ...rows]));
  const batch = (what) => over(lines, { name: "deepgrain", model: "15M", what });
  const [together, alone] = [batch("16 prompts together"), batch("16 prompts alone")];
  console.log(
    `\n16 prompts of 8 to 256 tokens, 24 new ones each, 15M: together ${showMs(together)} ms, one after another ${showMs(alone)} ms, ${show(alone / together)} times the throughput`,
  );
}
