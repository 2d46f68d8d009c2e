import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { Flags, Values } from "@deepgrain/command-line/flags/flags";
import { requireOne } from "@deepgrain/command-line/flags/given-together";
import { claimsSummary, claimsText, powerText, primariesOf } from "@deepgrain/lab";
import { defaultThreads } from "@deepgrain/lab/workers";
import type { Paper } from "@deepgrain/studies";
import type { Comparison, ComparisonSize } from "@deepgrain/studies/shared/comparison";
import type { PaperVerdicts } from "@deepgrain/studies/shared/verdicts";
import { compareStudy } from "./compare-study";
import type { Common } from "./flags";

function sizeOf({ quick, full = false }: Pick<Common, "quick" | "full">): ComparisonSize {
  if (quick) requireOne({ quick, full });
  return quick ? "quick" : full ? "full" : "default";
}

/** The primary claims as they came out when the paper was recorded in full, in a table. */
function recordedText({ recordings: [main] }: PaperVerdicts, columns: number | undefined): string {
  const { seeds, results, claims } = main!;
  const primaries = primariesOf({ claims });
  const head = `Recorded (${results}, ${seeds.length} seeds). ${claimsSummary({ claims: primaries })}`;
  return `${head}\n${claimsText({ claims: primaries }, { columns })}`;
}

/** Runs a comparison as the flags ask for it. */
export async function comparePaper(
  paper: string,
  comparison: Comparison,
  { open: load, verdicts }: Pick<Paper, "open" | "verdicts">,
  given: Values<Flags>,
  context: CliContext,
): Promise<void> {
  const { experiments, out, seeds, seed, workers, json, ...rest } = given as Common;
  const size = sizeOf(rest);
  const { usual, seedCounts } = comparison;
  const folderOf = (name: string = size) => out ?? context.resolve(`${paper}-comparison-${name}`);
  const values = Object.fromEntries(
    Object.keys(comparison.flags).map((name) => [name, given[name]]),
  );
  const { resolve, signal, progress } = context;
  const note = (text: string) => progress.note(text);
  const { open } = await load();
  const opened = await open({ size, values, seeds, seed, folder: folderOf, resolve, note, signal });
  const { study, settings, text, more, save, hasExperiments = true } = opened;
  const count = seeds ?? seedCounts[size];
  const chosen = hasExperiments ? (experiments ?? usual?.[size]) : undefined;
  const where = opened.folder ?? folderOf();
  const recorded = (await verdicts?.())?.default as PaperVerdicts | undefined;
  const chosenSeeds = opened.seeds ?? Array.from({ length: count }, (_, i) => seed + i);
  const { columns } = context;
  if (hasExperiments)
    note(powerText(chosenSeeds.length, recorded?.recordings[0] ?? null, { columns }));
  const runs = await compareStudy(
    study,
    {
      folder: where,
      settings,
      seeds: chosenSeeds,
      report: size === "quick" ? { verdicts: false, recorded: recorded?.recordings[0] } : {},
      workers: comparison.isOnOneThread ? 1 : (workers ?? defaultThreads()),
      json,
      experiments: chosen,
      text,
      more,
    },
    context,
  );
  await save?.(runs, where);
  if (recorded && !json) context.write(`${recordedText(recorded, columns)}\n`);
}
