import { checkSentinels, fim as moveMiddle, sentinels } from "@deepgrain/coder";
import { createRandom } from "@deepgrain/lm";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { documentRows, rowsText } from "./document-rows";

/** Look-alikes that are listed. */
const MOST_NOTES = 5;

export const fim = defineCommand({
  description:
    "Moves the middle of a share of documents to their end, so that a model learns to fill in the middle. A document that holds a sentinel is dropped and counted, unless its sentinels are escaped.",
  examples: [
    "coder fim --data code.jsonl --out fim.jsonl",
    "coder fim --data code.jsonl --rate 1 --mode spm --family starcoder --out fim.jsonl",
  ],
  flags: {
    data: flags.file({
      required: true,
      help: 'Documents: .jsonl of {"text"} whose other keys are kept, or text with <|endoftext|> between documents',
    }),
    rate: flags.real({
      max: 1,
      default: 0.5,
      help: "Share of the documents whose middle is moved",
    }),
    mode: flags.choice(["psm", "spm", "msp"], {
      default: "psm",
      help: "Prefix, suffix, middle; suffix, prefix, middle; or one masked span",
    }),
    family: flags.choice(["deepseek", "starcoder", "qwen", "codellama"], {
      default: "deepseek",
      help: "Whose sentinels",
    }),
    sentinels: flags.choice(["drop", "escape"], {
      default: "drop",
      help: "What becomes of documents that hold a sentinel",
    }),
    seed: flags.whole({ default: 0, help: "Same seed, same cuts" }),
    out: flags.outFile({ required: true, help: "JSON lines to write" }),
    json: flags.flag({ help: "Print the counts as JSON" }),
  },
  async run({ data, rate, mode, family, sentinels: policy, seed, out, json }, context) {
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
  },
});
