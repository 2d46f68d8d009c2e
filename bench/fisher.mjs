// The table of per-sample gradients in one pass beside one backward pass per row.
import { floorCell, markdownTable, median, show, showMs } from "./markdown.mjs";

const LENGTHS = [12, 16, 64];

/** The part of `npm run bench -- --only fisher`. */
export function fisher({ ours, rounds }) {
  const lines = Array.from({ length: rounds }, () =>
    LENGTHS.flatMap((length) => ours("fisher.mjs", 1, String(length))),
  ).flat();
  console.log(
    "\n### Diagonal Fisher information of an encoder (2 layers, d 128, 32 rows), one thread, ms of processor time\n",
  );
  const rows = LENGTHS.map((length) => {
    const own = lines.filter((line) => line.length === length);
    const of = (field) => median(own.map((line) => line[field]));
    const ratio = of("loopedMs") / of("batchedMs");
    return [
      String(length),
      showMs(of("batchedMs")),
      showMs(of("loopedMs")),
      show(ratio),
      floorCell(ratio, length === 16 ? 2 : undefined),
      of("worst").toExponential(1),
    ];
  });
  const head = ["tokens", "one pass", "a pass per row", "ratio", "floor", "worst difference"];
  console.log(markdownTable([head, ...rows]));
}
