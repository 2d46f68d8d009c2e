// The table of a file called Q4_K_M: 110 M parameters from the same file beside llama.cpp on one thread and two, the same model in
// float32, and wllama in Chromium.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable, median, show, showMs } from "./markdown.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const label = "110M Q4_K_M";
const threadCounts = [1, 2];

/** One round of all sides, in turns; `folder` has the files, `libraries` the peers. */
function round(measure, { folder, libraries }) {
  const file = join(folder, "110M-q4_k_m.gguf");
  const node = (script, ...args) =>
    measure(process.execPath, [join(here, script), ...args.map(String)], { cwd: libraries });
  return [
    ...threadCounts.flatMap((threads) => [
      ...node("ours/decode-file.mjs", file, label, threads, 1.5),
      ...node("peers/decode-llama-cpp.mjs", file, label, 1.5, threads),
      ...node("ours/decode-file.mjs", file, "110M float32", threads, 1.5, "float32"),
    ]),
    ...node("ours/file-chromium.mjs", file, label, 3, libraries),
  ];
}

/** The median of a figure of one side. */
function over(lines, wanted) {
  const fits = (line) => Object.entries(wanted).every(([key, value]) => line[key] === value);
  return median(lines.filter(fits).map(({ ms, rate }) => ms ?? rate));
}

const sides = [
  ["kept", { name: "deepgrain", model: label }],
  ["float32", { name: "deepgrain", model: "110M float32" }],
  ["llama.cpp", { name: "llama.cpp", model: label }],
];

function print(lines) {
  console.log("\n### A Q4_K_M file of 110 M parameters, ms unless said; drawn weights\n");
  const figures = ["token at 16", "prompt of 512"].flatMap((what) =>
    threadCounts.map((threads) => [
      `${what}, ${threads} thread${threads > 1 ? "s" : ""}`,
      what,
      threads,
    ]),
  );
  const others = ["MB of file loaded a second", "weights, MB", "process, MB"];
  const rows = [...figures, ...others.map((what) => [what, what, 1])].map(
    ([title, what, threads]) => {
      const values = sides.map(([, side]) => over(lines, { ...side, what, threads }));
      const [mine, , theirs] = values;
      const shown = values.map((value) => (what.includes("MB") ? show(value, 0) : showMs(value)));
      return [title, ...shown, show(mine / theirs)];
    },
  );
  const inPage = (name) => over(lines, { name, what: "token in Chromium" });
  const [mine, theirs] = [inPage("deepgrain-chromium"), inPage("wllama")];
  rows.push([
    "token in Chromium, 1 thread",
    showMs(mine),
    "-",
    showMs(theirs),
    show(mine / theirs),
  ]);
  const head = ["", "blocks kept", "as float32", "llama.cpp", "kept over llama.cpp"];
  console.log(markdownTable([head, ...rows]));
  console.log(
    "\nIn Chromium llama.cpp is wllama 3.13.0. Two threads are timed by the wall's clock.\n",
  );
}

/** @param runners how scripts are run @param places folders of files and peers */
export function quantised({ measure, rounds }, places) {
  print(Array.from({ length: rounds }, () => round(measure, places)).flat());
}
