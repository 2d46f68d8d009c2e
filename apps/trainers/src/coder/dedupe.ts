import { decontaminate, judgeFile, nearDuplicates } from "@deepgrain/coder";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { type DocumentRow, documentRows, rowsText } from "./document-rows";
import type { dedupeFlags } from "./flags";
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

/** `coder dedupe`. */
export const dedupe: RunCommand<typeof dedupeFlags> = async (
  { data, filter, threshold, shingleWords, against, out, dropped: list, json },
  context,
) => {
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
    for (const other of others) drop(kept[other]!, "near-duplicate", `of row ${kept[first!]! + 1}`);
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
};
