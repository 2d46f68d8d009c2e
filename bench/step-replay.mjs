// The table of steps that run live beside the same steps recorded once and replayed.
import { markdownTable, median, show, showMs } from "./markdown.mjs";

const workloads = {
  mlp: "perceptron 8-16-16-1, batch 32",
  "gpt-tiny": "GPT, d 32, 2 layers, 128 tokens",
  "gpt-small": "GPT, d 48, 2 layers, 1024 tokens",
  gpt: "GPT, d 128, 4 layers, 2048 tokens",
  "gcn-words": "GCN on Cora, documents as lists",
};
const cases = Object.keys(workloads).flatMap((name) =>
  [1, 2].map((threads) => ({ name, threads })),
);

/** Forward and backward pass live and replayed, with Adam and reading the loss in both. */
export function stepReplay({ ours, rounds }) {
  const lines = Array.from({ length: rounds }, () =>
    cases.flatMap(({ name, threads }) =>
      ["live", "replay"].flatMap((mode) => ours("workload.mjs", threads, name, "1", "wasm", mode)),
    ),
  ).flat();
  const ms = (name, threads, mode) =>
    median(
      lines
        .filter((line) => line.workload === name && line.threads === threads && line.mode === mode)
        .map((line) => line.medianMs),
    );
  console.log(
    "\n### Steps replayed (`recordStep`), Adam and reading the loss included, `wasm`, ms\n",
  );
  const rows = cases.map(({ name, threads }) => {
    const [live, replayed] = ["live", "replay"].map((mode) => ms(name, threads, mode));
    return [
      workloads[name],
      String(threads),
      ...[live, replayed].map(showMs),
      show(live / replayed),
    ];
  });
  console.log(markdownTable([["", "threads", "live", "replayed", "ratio"], ...rows]));
}
