import { decontaminate, judgeFile, nearDuplicates } from "@deepgrain/coder";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { type DocumentRow, documentRows, rowsText } from "./document-rows";
import { languageOfFile } from "./repository-files";
import { openTasks } from "./task-file";

/** Why a document was dropped. */
interface Dropped {
  /** Number of its row, from 1. */
  row: number;
  path?: string | undefined;
  by: string;
  message: string;
}

/** The paper's five filters; a document whose language is not known passes those that need it. */
const filtered = ({ text, path, language }: DocumentRow) =>
  judgeFile({ text, language: language ?? languageOfFile(path ?? "") ?? "" });

/** The texts of a file of tests: its tasks' prompts, references and tests, or its documents. */
async function testTexts(path: string): Promise<string[]> {
  const asTasks = await openTasks({ tasks: path, language: undefined }).catch(() => undefined);
  if (asTasks === undefined) return (await documentRows(path)).map(({ text }) => text);
  return asTasks.tasks.flatMap(({ prompt, reference, suffix, tests }) =>
    [prompt, reference, suffix, typeof tests === "string" ? tests : undefined].filter(
      (text) => text !== undefined,
    ),
  );
}

export const dedupe = defineCommand({
  description:
    "Drops documents by the paper's five filters, all but one of each group of near-duplicates, and those that hold a part of a test.",
  examples: [
    "coder dedupe --data code.jsonl --out clean.jsonl",
    "coder dedupe --data code.jsonl --against HumanEval.jsonl.gz --dropped dropped.jsonl --out clean.jsonl",
  ],
  flags: {
    data: flags.file({
      required: true,
      help: 'Documents, the preferred ones first: .jsonl of {"text", "path"?, "language"?}, or text with <|endoftext|> between documents. A repository is one document',
    }),
    filter: flags.toggle({
      default: true,
      help: "Apply the five filters",
      negated: "Do not apply the filters",
    }),
    threshold: flags.real({
      min: 0.01,
      max: 1,
      default: 0.85,
      help: "Least Jaccard index of near-duplicates",
    }),
    shingleWords: flags.whole({ min: 1, default: 5, help: "Words per shingle" }),
    against: flags.file({
      help: "Tests, of which no ten words in a row may be in a document: tasks, or documents",
    }),
    out: flags.outFile({ required: true, help: "JSON lines of what is kept" }),
    dropped: flags.outFile({ help: "JSON lines of what is dropped, and why" }),
    json: flags.flag({ help: "Print the counts as JSON" }),
  },
  async run({ data, filter, threshold, shingleWords, against, out, dropped: list, json }, context) {
    const { write } = context;
    const rows = await documentRows(data);
    const dropped: Dropped[] = [];
    const drop = (index: number, by: string, message: string) =>
      dropped.push({ row: index + 1, path: rows[index]!.path, by, message });
    let kept = rows.map((_, index) => index);
    const keepOthers = () => {
      const gone = new Set(dropped.map(({ row }) => row - 1));
      kept = kept.filter((index) => !gone.has(index));
    };
    for (const index of filter ? kept : []) {
      const [reason] = filtered(rows[index]!);
      if (reason) drop(index, reason.filter, reason.message);
    }
    keepOthers();
    const texts = kept.map((index) => rows[index]!.text);
    for (const [first, ...others] of nearDuplicates(texts, { threshold, shingleWords }))
      for (const other of others)
        drop(kept[other]!, "near-duplicate", `of row ${kept[first!]! + 1}`);
    keepOthers();
    if (against !== undefined) {
      const left = kept.map((index) => rows[index]!.text);
      for (const { text, match } of decontaminate(left, await testTexts(against)))
        drop(kept[text]!, "contaminated", match);
      keepOthers();
    }
    await out.save(rowsText(kept.map((index) => rows[index]!)));
    await list?.save(rowsText(dropped));
    const by: Record<string, number> = {};
    for (const one of dropped) by[one.by] = (by[one.by] ?? 0) + 1;
    const counts = { documents: rows.length, kept: kept.length, dropped: by };
    const why = Object.entries(by).map(([name, count]) => `${count} ${name}`);
    const text = `${counts.documents} documents, ${counts.kept} kept${why.length > 0 ? `; dropped: ${why.join(", ")}` : ""}`;
    if (out.path !== "-") write(`${json ? JSON.stringify(counts) : text}\n`);
  },
});
