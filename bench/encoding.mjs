// The table of how fast text becomes ids.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable, show } from "./markdown.mjs";

/** The part of `npm run bench -- --only text`. */
export function encoding({ ours, jsPeer }) {
  const file = join(tmpdir(), `deepgrain-bench-${process.pid}.txt`);
  const rows = [...ours("encoding.mjs", 1, file), ...jsPeer("encoding.mjs", file)];
  console.log("\n### Encoding of a MB of English (State of the Union), by processor time\n");
  const head = ["", "vocabulary", "tokens", "MB/s"];
  const cells = rows.map(({ name, vocabulary, tokens, rate }) => [
    name,
    vocabulary,
    String(tokens),
    show(rate, 1),
  ]);
  console.log(markdownTable([head, ...cells]));
}
