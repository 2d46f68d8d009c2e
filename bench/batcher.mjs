// The table of a batcher's clients.
import { floorCell, markdownTable, show } from "./markdown.mjs";

/** The part of `npm run bench -- --only batcher`. */
export function batcher({ ours, oursOnBlas }) {
  console.log("\n### 16 clients of a batcher, a 15M model, 48 tokens each\n");
  const runs = [ours, oursOnBlas].flatMap((run) =>
    [1, 2].map((threads) => run("batcher.mjs", threads, 3)[0] ?? { threads }),
  );
  const rows = runs.map((line) => {
    const { name = "not measured", threads, tokens, batched, clients, port, single } = line;
    const overhead = (seconds) => show(((seconds - batched) / tokens) * 1e6, 0);
    return [
      name,
      String(threads),
      ...[batched, clients, port, single].map((seconds) => show(tokens / seconds, 0)),
      show(batched / clients),
      floorCell(batched / clients, 0.85),
      `${overhead(clients)}, ${overhead(port)}`,
    ];
  });
  const head = ["", "threads", "`generateBatch`", "clients", "through a port", "one by one"];
  const rest = ["clients of `generateBatch`", "aim", "µs more per token: clients, port"];
  console.log(markdownTable([[...head, ...rest], ...rows]));
}
