// The table of in-context learning on compressed demonstrations.
import { floorCell, markdownTable, median, show, showMs } from "./markdown.mjs";

/** The agreed floor of the first case on our own kernels; the cost model says (demonstrations + query) / query. */
const FLOOR = { "deepgrain-wasm GPT-2 small, random": 3 };

/** A query on cached label and formatting tokens beside the full prompt, one thread. */
export function anchorCompression({ measure, rounds, hasBlas }) {
  const lines = Array.from({ length: rounds }, () =>
    ["wasm", ...(hasBlas ? ["blas"] : [])].flatMap((backend) =>
      measure(process.execPath, ["ours/anchor-compression.mjs", "2", backend]),
    ),
  ).flat();
  const keys = [...new Set(lines.map((line) => `${line.name} ${line.case}`))];
  const rows = keys.map((key) => {
    const own = lines.filter((line) => `${line.name} ${line.case}` === key);
    const [full, kept] = ["fullMs", "keptMs"].map((field) =>
      median(own.map((line) => line[field])),
    );
    const { name, demonstrations, query, labelLoyalty, wordLoyalty } = own[0];
    const loyalties = [labelLoyalty, wordLoyalty].map((x) => (x === undefined ? "-" : show(x)));
    return [
      `${own[0].case}, \`${name.replace("deepgrain-", "")}\``,
      `${demonstrations} / ${query}`,
      ...[full, kept].map(showMs),
      show((demonstrations + query) / query, 1),
      show(full / kept, 1),
      floorCell(full / kept, FLOOR[key]),
      ...loyalties,
    ];
  });
  console.log("\n### Queries on compressed demonstrations, one thread\n");
  const head = ["", "tokens", "full, ms", "kept, ms", "cost model", "ratio", "floor"];
  console.log(markdownTable([[...head, "label loyalty", "word loyalty"], ...rows]));
}
