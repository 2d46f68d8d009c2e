import { fitReport, parseRuns, plan } from "@deepgrain/scaling-laws";

// Your table is a file; this one follows a known law.
const rows = [1e15, 4e15, 1.6e16, 6.4e16, 2.56e17].flatMap((flops) =>
  [0.25, 0.5, 1, 2, 4].map((size) => {
    const model = flops ** 0.5 * size; // FLOPs per token
    const tokens = flops / model;
    return [flops, model, tokens, 1.7 + 30 / model ** 0.2 + 30 / tokens ** 0.2].join(",");
  }),
);
const runs = parseRuns(["flops,model,tokens,loss", ...rows].join("\n"));

const { law, fittedRange } = fitReport(runs);
console.log("exponent", law.allocation.model.exponent.value.toFixed(2)); // 0.50

const smaller = runs.filter(({ flops }) => flops < 2e17);
const foretold = plan(2.56e17, fitReport(smaller, { minBudgets: 4 }).law).loss.value;
const best = Math.min(...runs.filter(({ flops }) => flops > 2e17).map(({ loss }) => loss));
console.log("off by less than 1 %", Math.abs(foretold / best - 1) < 0.01); // true

const { model, tokens, extrapolation } = plan(1e19, law, { fittedRange });
console.log(model.value.toExponential(1), tokens.value.toExponential(1), extrapolation.toFixed(0));
