import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { type FitReport, type PowerLaw, parametricFit, type Run } from "@deepgrain/scaling-laws";
import { quantityText } from "@deepgrain/studies/shared/numbers";
import { textTable } from "@deepgrain/support/pages";
import type { fitFlags } from "./flags";
import { fitOf, runsOf } from "./read-runs";

const line = (name: string, law: PowerLaw | null | undefined, missing: string | undefined) =>
  law
    ? [name, quantityText(law.coefficient), quantityText(law.exponent)]
    : [name, "–", `not fitted: ${missing ?? "no data"}`];

/** The laws as readable text, with the parts that were left out and why. */
function fitText(report: FitReport, { columns }: CliContext): string {
  const { law, missing, profiles, noise, fittedRange, unit } = report;
  const { allocation, batchSize, learningRate, loss } = law;
  const rows = [
    ["y = coefficient · C^exponent", "coefficient", "exponent"],
    line("M, best FLOPs per token", allocation?.model, missing.allocation),
    line("D, best tokens", allocation?.data, missing.allocation),
    line("batch, tokens", batchSize, missing.batchSize),
    line("peak rate", learningRate, missing.learningRate),
    line(`loss above its floor (${unit})`, loss, missing.allocation),
  ];
  const left = profiles.filter(({ status }) => status !== "ok");
  return [
    textTable(rows, { columns }),
    ...(loss ? [`floor of the loss: ${quantityText(loss.floor)}`] : []),
    `budgets: ${fittedRange.map((flops) => flops.toExponential(2)).join(" to ")} FLOPs${noise === null ? "" : `; losses scatter by ${(100 * noise).toFixed(2)} % around their parabolas`}`,
    ...left.map(({ budget, status }) => `left out: ${budget.toExponential(2)} FLOPs, ${status}`),
  ].join("\n");
}

/** Chinchilla's third approach on the same runs, as a line. */
async function parametricText(runs: readonly Run[], signal: AbortSignal): Promise<string> {
  const { law, allocation } = await parametricFit(runs, { signal });
  const { E, A, alpha, B, beta } = law;
  const exponent = allocation.model.exponent.value.toFixed(3);
  return `parametric: L = ${E.value.toPrecision(4)} + ${A.value.toPrecision(4)}/M^${alpha.value.toFixed(3)} + ${B.value.toPrecision(4)}/D^${beta.value.toFixed(3)}, so that the best M grows as C^${exponent}`;
}

/** `scaling fit`. */
export const fit: RunCommand<typeof fitFlags> = async (
  { out, json, parametric, ...given },
  context,
) => {
  const runs = await runsOf(given, context);
  const report = fitOf(runs, given);
  if (out !== undefined) await out.saveJson(report.law);
  if (json) return context.write(`${JSON.stringify(report.law)}\n`);
  const rival = parametric ? `\n${await parametricText(runs, context.signal)}` : "";
  context.write(`${fitText(report, context)}${rival}\n${out === undefined ? "" : `${out.path}\n`}`);
};
