// The table of rollouts and of annotation.
import { floorCell, markdownTable, median, show } from "./markdown.mjs";

/** The part of `npm run bench -- --only rollouts`. */
export function rollouts({ ours, measure }) {
  console.log("\n### Rollouts of a 15M policy, 64 answers of 32 tokens, tokens per second\n");
  const rows = [1, 2].map((threads) => {
    const [line = {}] = ours("rollouts.mjs", threads);
    const ratio = line.rollouts / line.batched;
    const rates = [line.rollouts, line.batched, line.single].map((rate) => show(rate, 0));
    return [String(threads), ...rates, show(ratio), floorCell(ratio, 0.9)];
  });
  const head = ["threads", "`sampleAnswers`", "`generateBatch`", "one by one", "ratio", "floor"];
  console.log(markdownTable([head, ...rows]));
  console.log("\n### Annotation, completions per second\n");
  const lines = measure(process.execPath, ["ours/annotation.mjs"]);
  const whats = [...new Set(lines.map(({ what }) => what))];
  const rate = (what, delayMs) =>
    show(
      median(lines.filter((l) => l.what === what && l.delayMs === delayMs).map((l) => l.perSecond)),
      0,
    );
  const cells = whats.map((what) => [what, rate(what, 0), rate(what, 20)]);
  console.log(markdownTable([["", "completer at once", "completer after 20 ms"], ...cells]));
}
