import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { type OutputFile, STANDARD } from "@deepgrain/command-line/files/output-file";
import { resumeRows } from "@deepgrain/command-line/files/resumed-rows";
import { requireModel } from "@deepgrain/command-line/models/endpoint-flags";
import { formatRow, verify as verifyAnswer } from "@deepgrain/prm";
import { fingerprintFiles } from "@deepgrain/studies/shared/fingerprint";
import { outputPlace } from "@deepgrain/support/files";
import type { verifyFlags } from "./flags";
import {
  type CompleterValues,
  checkerOf,
  completerId,
  noteEstimates,
  noteTruncated,
  openCompleter,
} from "./open-completer";
import { openScorer } from "./open-scorer";
import { askedProblems, type Solved, solvedText } from "./solved-text";

/** The settings that decide the results, in the record beside `--out`. */
async function settingsOf({
  problem,
  in: path,
  scorer,
  ...values
}: CompleterValues &
  Record<string, unknown> &
  Record<"in" | "problem" | "scorer", string | undefined>) {
  const { n, method, aggregation, seed, rules, marker } = values;
  return {
    command: "prm verify",
    problems: path === undefined ? problem : (await fingerprintFiles([path])).sha256,
    completer: await completerId(values),
    scorer: scorer ?? null,
    n,
    seed,
    rules,
    marker: marker ?? null,
    method: method ?? null,
    aggregation: aggregation ?? null,
  };
}

/** The file that rows are appended to as they come; a device, a pipe and standard output get all at the end. */
async function rowFile(out: OutputFile | undefined): Promise<string | undefined> {
  if (out === undefined || out.path === STANDARD) return undefined;
  const { kind, path } = await outputPlace(out.path);
  return kind === "file" ? path : undefined;
}

/** `prm verify`. */
export const verify: RunCommand<typeof verifyFlags> = async (
  values,
  { progress, signal, write },
) => {
  const { n, method, aggregation, seed, out, json, ...given } = values;
  requireModel(given);
  const problems = await askedProblems(given, progress);
  const path = await rowFile(out);
  const file =
    path === undefined ? undefined : await resumeRows<Solved>(path, await settingsOf(values));
  try {
    const stored = new Map(file?.before.map((row) => [row.id, row]));
    if (stored.size > 0) progress.note(`goes on after ${stored.size} stored results`);
    const scorer = await openScorer(given, signal);
    const opened = await openCompleter(given, { signal });
    const checker = checkerOf(given);
    const { completer } = opened;
    const options = { completer, scorer, n, method, aggregation, checker, seed, signal };
    const task = progress.task("verifying");
    const solved: Solved[] = [];
    for (const { id, problem, answer: gold } of problems) {
      const earlier = stored.get(id);
      if (earlier) solved.push(earlier);
      else {
        const { groups: _, ...found } = await verifyAnswer(problem, options);
        const text = found.solution.steps.join("\n");
        const correct = gold === undefined ? null : checker.check(text, gold).correct;
        const row = { id, ...found, correct };
        await file?.append(row);
        solved.push(row);
      }
      task.update(solved.length / problems.length, `${solved.length} of ${problems.length}`);
    }
    task.end(`${solved.length} problems`);
    noteEstimates(opened, progress);
    const truncated = solved.reduce((sum, row) => sum + row.truncated, 0);
    noteTruncated({ truncated, completions: n * solved.length }, progress);
    if (out !== undefined && !file) await out.save(solved.map(formatRow).join(""));
    write(json ? solved.map(formatRow).join("") : solvedText(solved));
  } finally {
    await file?.close();
  }
};
