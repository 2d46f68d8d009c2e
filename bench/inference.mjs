// The table of generation: milliseconds per token, a prompt, and many prompts together, beside PyTorch, llama.cpp, plain loops in C
// and, where DEEPGRAIN_BEFORE names a built checkout of an earlier commit, that commit.
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { floorCell, markdownTable, median, show, showMs } from "./markdown.mjs";
import { quantised } from "./quantised.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const llamaFolder = join(tmpdir(), "deepgrain-bench-llama-cpp");

/** The loops in C, compiled; undefined where there is no compiler. */
function compileLoops(folder) {
  const [source, target] = [join(here, "peers/decode-loop.c"), join(folder, "loops")];
  const flags = ["-O3", "-ffast-math", "-march=native", source, "-lm", "-o", target];
  return spawnSync("gcc", flags, { stdio: "ignore" }).status === 0 ? target : undefined;
}

/** Installs llama.cpp's binding with its prebuilt binary outside the workspace. */
function installLlama() {
  mkdirSync(llamaFolder, { recursive: true });
  const folders = ["node-llama-cpp", "@wllama/wllama"];
  if (folders.every((name) => existsSync(join(llamaFolder, "node_modules", name)))) return true;
  writeFileSync(join(llamaFolder, "package.json"), '{ "private": true }\n');
  const names = ["node-llama-cpp@3.22.1", "@wllama/wllama@3.13.0"];
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...names];
  return spawnSync("npm", args, { cwd: llamaFolder, stdio: ["ignore", 2, 2] }).status === 0;
}

function over(lines, wanted) {
  const fits = (line) => Object.entries(wanted).every(([key, value]) => line[key] === value);
  return median(lines.filter(fits).map(({ ms }) => ms));
}

/** One round of all sides, in turns. */
function round({ ours, oursOnBlas, torch, measure, hasBlas }, { loops, gguf, before }) {
  const old = (kind) => (before ? ours("decode.mjs", 1, "1.5", kind, before) : []);
  const llama = (model, suffix) =>
    gguf
      ? measure(
          process.execPath,
          [
            join(here, "peers/decode-llama-cpp.mjs"),
            join(gguf, `${model}-${suffix}.gguf`),
            suffix === "q8" ? `${model} int8` : model,
            "1.5",
          ],
          { cwd: llamaFolder },
        )
      : [];
  return [
    ...ours("decode.mjs", 1, "1.5", "wasm"),
    ...(loops ? measure(loops, ["1.5"]) : []),
    ...torch("decode.py", 1, "1.5"),
    ...old("wasm"),
    ...oursOnBlas("decode.mjs", 1, "1.5"),
    ...(hasBlas ? old("blas") : []),
    ...["15M", "110M"].flatMap((model) => [...llama(model, "f32"), ...llama(model, "q8")]),
  ];
}

const token = "token at 16";
const wall = "token at 16, wall";

/** Title, the faster side's time over ours, and the floor, if any. */
function ratios(of) {
  const ratio = (theirs, mine) => of(...theirs) / of(...mine);
  const wasm = (model, what = token) => ["deepgrain", model, what];
  const blas = (model, what) => ["deepgrain-blas", model, what];
  const torch = (model, what = token) => ["pytorch", model, what];
  const c = (model) => ["c", model, token];
  const old = (model, what) => ["deepgrain-before", model, what];
  const oldOnBlas = (model, what) => ["deepgrain-blas-before", model, what];
  const llama = (model) => ["llama.cpp", model, token];
  const [together, alone] = ["16 prompts together", "16 prompts alone"];
  return [
    ["260K, token, of PyTorch", ratio(torch("260K"), wasm("260K")), 4.5],
    ["15M, token, of PyTorch", ratio(torch("15M"), wasm("15M")), 2.4],
    ["30M mixture, token, of PyTorch", ratio(torch("30M mixture"), wasm("30M mixture")), 2.3],
    ["110M, token, of PyTorch", ratio(torch("110M"), wasm("110M")), 2.5],
    ["15M, token, of the loops in C", ratio(c("15M"), wasm("15M")), 0.8],
    ["110M, token, of the loops in C", ratio(c("110M"), wasm("110M")), 0.9],
    ["110M, bfloat16 over float32", ratio(wasm("110M"), wasm("110M bfloat16")), 1.6],
    ["110M, int8 over float32", ratio(wasm("110M"), wasm("110M int8")), 2.2],
    ["15M, token, of llama.cpp F32", ratio(llama("15M"), wasm("15M"))],
    ["110M, token, of llama.cpp F32", ratio(llama("110M"), wasm("110M"))],
    ["110M int8, token, of llama.cpp Q8_0", ratio(llama("110M int8"), wasm("110M int8")), 0.7],
    [
      "110M, prompt of 512, `blas` of PyTorch",
      ratio(torch("110M", "prompt of 512"), blas("110M", "prompt of 512")),
      1.05,
    ],
    [
      "110M, prompt of 512, `wasm` of PyTorch",
      ratio(torch("110M", "prompt of 512"), wasm("110M", "prompt of 512")),
      0.6,
    ],
    [
      "110M, prompt of 512, `wasm` over the earlier commit",
      ratio(old("110M", "prompt of 512"), wasm("110M", "prompt of 512")),
    ],
    [
      "one query over 2,000 keys in cache, of PyTorch",
      ratio(torch("6 × 48", "one query, in cache"), wasm("6 × 48", "one query, in cache")),
      0.8,
    ],
    [
      "one query over 2,000 keys out of cache, of PyTorch",
      ratio(torch("6 × 48", "one query, out of cache"), wasm("6 × 48", "one query, out of cache")),
    ],
    [
      "one query over 2,000 keys out of cache, over the earlier commit",
      ratio(old("6 × 48", "one query, out of cache"), wasm("6 × 48", "one query, out of cache")),
      1 / 0.4,
    ],
    [
      "15M, token at 1,500, over the earlier commit",
      ratio(old("15M", "token at 1500"), wasm("15M", "token at 1500")),
      1 / 0.45,
    ],
    ["15M, token at 16, over the earlier commit", ratio(old("15M", token), wasm("15M"))],
    [
      "16 prompts together, over the earlier commit one after another",
      ratio(old("15M", alone), wasm("15M", together)),
      6,
    ],
    ["the same, both on `blas`", ratio(oldOnBlas("15M", alone), blas("15M", together)), 6],
    [
      "16 prompts together, over one after another",
      ratio(wasm("15M", alone), wasm("15M", together)),
      3,
    ],
    ["the same, both on `blas`", ratio(blas("15M", alone), blas("15M", together)), 3],
    ...["15M", "110M"].map((model) => [
      `${model}, token in Chromium, of Node`,
      ratio(["deepgrain-node", model, wall], ["deepgrain-chromium", model, wall]),
      0.85,
    ]),
  ];
}

/** Lines of an earlier call that measured only a part of the rounds. */
const linesOf = (file) =>
  file && existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

/**
 * Decoding on one thread, all sides in turns.
 * @param keep a file that gets the measured lines; those that it has already count, too
 */
export function inference(runners, keep) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-inference-"));
  try {
    const loops = compileLoops(folder);
    const hasLlama = installLlama();
    if (hasLlama) runners.measure(process.execPath, [join(here, "ours/write-gguf.mjs"), folder]);
    const before = process.env.DEEPGRAIN_BEFORE;
    for (const [side, has] of Object.entries({
      gcc: loops,
      "node-llama-cpp": hasLlama,
      DEEPGRAIN_BEFORE: before,
    }))
      if (!has) console.log(`${side} is missing: its rows are empty.`);
    const peers = { loops, gguf: hasLlama ? folder : undefined, before };
    const lines = Array.from({ length: runners.rounds }, () => round(runners, peers)).flat();
    lines.push(...runners.measure(process.execPath, [join(here, "ours/decode-chromium.mjs"), "1"]));
    const earlier = linesOf(keep);
    if (keep) appendFileSync(keep, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    print([...earlier, ...lines]);
    if (hasLlama) quantised(runners, { folder, libraries: llamaFolder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(lines) {
  const of = (name, model, what) => over(lines, { name, model, what });
  console.log("\n### Generation of Llama-shaped models, one thread, ms; drawn weights\n");
  const sides = [
    ...["deepgrain", "deepgrain-blas", "deepgrain-before", "deepgrain-blas-before"],
    ...["pytorch", "c", "llama.cpp"],
  ];
  const shown = lines.filter(({ what }) => what !== wall);
  const cases = [...new Map(shown.map(({ model, what }) => [`${model}, ${what}`, [model, what]]))];
  const rows = cases.map(([title, place]) => [
    title,
    ...sides.map((side) => showMs(of(side, ...place))),
  ]);
  const head = ["", "`wasm`", "`blas`", "earlier, `wasm`", "`blas`", "PyTorch", "C", "llama.cpp"];
  console.log(markdownTable([head, ...rows]));
  console.log(
    "\nOne query over 2,000 keys has 6 heads of 48; 16 prompts of 8 to 256 tokens get 128 new ones each.\n",
  );
  const table = ratios(of).map(([title, value, floor]) => [
    title,
    show(value),
    floorCell(value, floor && Number(floor.toFixed(2))),
  ]);
  console.log(markdownTable([["times as fast", "measured", "floor"], ...table]));
}
