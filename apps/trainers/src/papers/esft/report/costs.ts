import type { Estimate } from "../../../experiments/judging/paired-statistics";
import { type Html, html } from "../../../report/html";
import { bytes, whole } from "../../../report/numbers";
import { spread } from "../claims-table";
import type { ComparisonResult } from "../summarize";
import { section, table } from "./parts";

/** B-10. */
export function costs(result: ComparisonResult): Html | false {
  const full = result.costs.find(({ method }) => method === "full");
  const storedOf = (id: string) => {
    const own = result.methods.filter(({ method }) => method === id);
    return (
      own.reduce((sum, { storedBytes }) => sum + storedBytes.mean, 0) / Math.max(1, own.length)
    );
  };
  const share = (value: Estimate, whole: Estimate | undefined) =>
    whole ? ` (${(value.mean / whole.mean).toFixed(2)}×)` : "";
  const body = result.costs.map((row) => [
    row.name,
    `${whole(row.trainedParameters.mean)}${share(row.trainedParameters, full?.trainedParameters)}`,
    `${spread(row.millisecondsPerStep)}${share(row.millisecondsPerStep, full?.millisecondsPerStep)}`,
    bytes(row.gradientBytes.mean),
    `${bytes(row.optimizerBytes.mean)}${share(row.optimizerBytes, full?.optimizerBytes)}`,
    `${bytes(row.peakBytes.mean)}${share(row.peakBytes, full?.peakBytes)}`,
    bytes(storedOf(row.method)),
    paperCosts[row.method] ?? "–",
  ]);
  return section(
    "B-10",
    result,
    html`${table(
      [
        "method",
        "trained",
        "ms a step",
        "gradients",
        "optimiser",
        "peak memory",
        "stored",
        "paper",
      ],
      body,
      { isWide: true },
    )}<p class="meta">Steps on one thread, the methods taking turns, median. Peak memory is that of all tensors, weights
included. Multiples are of full fine-tuning. The paper's minutes are of whole trainings on its machines.</p>`,
  );
}

const paperCosts: Readonly<Record<string, string>> = {
  full: "28.5 min, 28.6 GB",
  lora: "16.5 min, least",
  "esft-token": "19.8 min, 2.57 GB",
  "esft-gate": "20.9 min, 3.20 GB",
};
