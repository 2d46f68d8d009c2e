import { checkSentinels, fim as moveMiddle, sentinels } from "@deepgrain/coder";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { createRandom } from "@deepgrain/lm";
import { documentRows, rowsText } from "./document-rows";
import type { fimFlags } from "./flags";

/** Look-alikes that are listed. */
const MOST_NOTES = 5;

/** `coder fim`. */
export const fim: RunCommand<typeof fimFlags> = async (
  { data, rate, mode, family, sentinels: policy, seed, out, json },
  context,
) => {
  const { write, progress, signal } = context;
  const rows = await documentRows(data);
  const marks: readonly string[] = Object.values(sentinels[family]);
  const counts = { documents: rows.length, written: 0, moved: 0, dropped: 0, lookAlikes: 0 };
  const written: object[] = [];
  for (const [i, row] of rows.entries()) {
    signal.throwIfAborted();
    const alike = checkSentinels(row.text, family);
    counts.lookAlikes += alike.length;
    if (alike[0] && counts.lookAlikes <= MOST_NOTES)
      progress.note(
        `document ${i + 1}: ${alike[0].found} is no sentinel, ${alike[0].meant} is (${alike[0].differences.join(", ")})`,
      );
    if (policy === "drop" && marks.some((mark) => row.text.includes(mark))) {
      counts.dropped++;
      continue;
    }
    const { next: random } = createRandom([seed, i]);
    const options = { rate, mode, family, random };
    const text = moveMiddle(row.text, { ...options, sentinels: "escape" });
    if (text.startsWith(sentinels[family].begin)) counts.moved++;
    written.push({ ...row, text });
  }
  counts.written = written.length;
  await out.save(rowsText(written));
  const { documents, moved, dropped, lookAlikes } = counts;
  const text = `${documents} documents: ${moved} moved, ${dropped} dropped for a sentinel, ${lookAlikes} look-alikes of sentinels`;
  if (out.path !== "-") write(`${json ? JSON.stringify(counts) : text}\n`);
};
