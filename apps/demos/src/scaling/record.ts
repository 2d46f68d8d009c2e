import { writeFile } from "node:fs/promises";
import type { SweepSettings } from "@deepgrain/studies/deepseek-llm/recipe";
import type { SweepResult, SweepRow } from "@deepgrain/studies/deepseek-llm/result";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { recordedRuns } from "../site/recorded-runs";
import { findingsOf } from "../site/verdicts";
import { initialOf } from "../state/address-state";
import type { RecordedScaling } from "./recorded";
import { runState } from "./run-state";
import { createSession } from "./session";
import { BUDGET, fields, type State } from "./state";
import { story } from "./story";

/** Names in the table for the study's parts of a grid; others are left out. */
const parts: Partial<Record<SweepRow["part"], string>> = {
  size: "size",
  batch: "batch",
  rate: "rate",
  "held-out": "larger",
};

const columns = {
  budget: "budget",
  model: "model",
  tokens: "tokens",
  flops: "flops",
  batchTokens: "batch_tokens",
  lr: "lr",
  bpb: "bpb",
  seed: "seed",
} as const satisfies Partial<Record<keyof SweepRow, string>>;

/** The study's runs on its first corpus as a table, a line each. */
function tableOfStudy(): string {
  const { runs } = recordedRuns<SweepSettings, SweepResult>("deepseek-llm");
  const rows = runs.flatMap(({ result: { row } }) =>
    row?.corpus === "english" && parts[row.part] ? [row] : [],
  );
  const keys = Object.keys(columns) as (keyof typeof columns)[];
  const lines = rows.map((row) =>
    [parts[row.part], ...keys.map((key) => Number(row[key].toPrecision(6)))].join(","),
  );
  return `${["part", ...Object.values(columns)].join(",")}\n${lines.join("\n")}\n`;
}

/** Writes the table that the page ships, and what it shows of it at first. */
export async function main(): Promise<void> {
  const text = tableOfStudy();
  await writeFile(recordedFile("scaling.csv"), text);
  const session = createSession(async () => new Blob([text]));
  const run = (state: State) => runState(session, state);
  const { look } = await run(initialOf(fields));
  const { command, commits, seeds } = findingsOf("deepseek-llm");
  const recorded: RecordedScaling = {
    ...provenanceOf("scaling"),
    runs: { command, commits, seeds },
    budget: BUDGET,
    look,
  };
  await writeRecorded("scaling", recorded);
  await recordStory("scaling", story, fields, run);
}
