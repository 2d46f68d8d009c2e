import { readFile } from "node:fs/promises";
import {
  budgetFor,
  compareLaws,
  decoderShape,
  type Goal,
  type Law,
  type Plan,
  type PointLaw,
  parseLaw,
  plan as planBudget,
  publishedLaws,
  type Quantity,
} from "@deepgrain/scaling-laws";
import { digits, quantityText } from "@deepgrain/studies/shared/numbers";
import { type TextTableOptions, textTable } from "@deepgrain/support/pages";
import type { CommandContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { fitOf, runsFlags, runsOf } from "./runs-flags";

const positive = (help: string) =>
  flags.real({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, help });

const goalFlags = {
  model: positive("Instead of a budget: the FLOPs per token M that shall be optimal"),
  tokens: positive("Instead of a budget: the training tokens that shall be optimal"),
  batchTokens: positive("Instead of a budget: the batch in tokens that shall be optimal"),
  learningRate: positive("Instead of a budget: the peak rate that shall be optimal"),
  loss: positive("Instead of a budget: the loss to reach"),
};

const { runs, format, unit, ...fitFlags } = runsFlags;

const lawFlags = {
  law: flags.text({
    hint: `${Object.keys(publishedLaws).join("|")}|file`,
    help: "A published law, or a file written by `scaling fit --out`; deepseek by default",
  }),
  runs: {
    ...runs,
    help: "Fit these runs first (like scaling fit), so that the plan has intervals",
  },
  format,
  unit,
  ...fitFlags,
};

interface ChosenLaw {
  law: Law;
  draws?: readonly PointLaw[];
  fittedRange?: readonly [number, number];
}

async function chooseLaw(
  given: Values<typeof lawFlags>,
  context: CommandContext,
): Promise<ChosenLaw> {
  const { law: name = "deepseek" } = given;
  if (given.runs !== undefined) {
    if (given.law !== undefined) throw new UsageError("give either --law or --runs");
    return fitOf(await runsOf(given, context), given);
  }
  const published = Object.entries(publishedLaws).find(([id]) => id === name)?.[1];
  if (published) return published;
  const path = context.resolve(name);
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError(
      `--law must be one of ${Object.keys(publishedLaws).join(", ")}, or a file; there is no ${path}`,
    );
  });
  return { law: parseLaw(text, { file: name }) };
}

/** The budget: given, or the one at which a goal is optimal. */
function budgetOf(budget: number | undefined, goals: Values<typeof goalFlags>, law: Law): number {
  const wanted = Object.entries(goals).filter(([, value]) => value !== undefined);
  if ((budget === undefined ? 0 : 1) + wanted.length !== 1)
    throw new UsageError(
      "give exactly one of --budget, --model, --tokens, --batch-tokens, --learning-rate, --loss",
    );
  return budget ?? budgetFor(Object.fromEntries(wanted) as Goal, law);
}

type Shape = ReturnType<typeof decoderShape>;

function planText(own: Plan, shape: Shape | null, options: TextTableOptions): string {
  const row = (name: string, value: Quantity | null) => [name, value ? quantityText(value) : "–"];
  const { steps, extrapolation } = own;
  const lines = [
    row("model, FLOPs per token", own.model),
    ...(shape ? [["for example", `${shape.layers} layers of width ${shape.width}`]] : []),
    row("tokens", own.tokens),
    row("batch, tokens", own.batchTokens),
    row("peak learning rate", own.learningRate),
    ...(steps ? [["whole steps", `${steps.steps} of ${steps.batchSequences} sequences`]] : []),
    row("loss", own.loss),
  ];
  const far =
    extrapolation !== null && extrapolation > 1
      ? `\nOutside the budgets that the law was fitted to, by a factor of ${extrapolation.toPrecision(3)}.`
      : "";
  const shown = (value: number | null) => (value === null ? "–" : digits(value));
  const others = compareLaws(own.flops).map((l) => [l.name, shown(l.model), shown(l.tokens)]);
  const head = ["published laws at this budget", "FLOPs per token", "tokens"];
  return [
    textTable([["budget, FLOPs", digits(own.flops)], ...lines], options) + far,
    "",
    textTable([head, ...others], options),
  ].join("\n");
}

export const plan = defineCommand({
  description:
    "Plans a training budget with a scaling law: model size, tokens, batch, learning rate and loss; or finds the budget for one of them.",
  examples: [
    "scaling plan --budget 1e20 --law deepseek --sequence-length 4096",
    "scaling plan --budget 1e15 --law fit.json",
    "scaling plan --tokens 2e12",
    "scaling plan --budget 1e12 --runs deepseek-llm-comparison-default/runs.jsonl --min-budgets 3",
  ],
  flags: {
    budget: positive("Training FLOPs, for example 1e20"),
    ...goalFlags,
    ...lawFlags,
    json: flags.flag({ help: "Print the plan as JSON" }),
  },
  async run({ budget, model, tokens, batchTokens, learningRate, loss, json, ...given }, context) {
    const { law, draws = [], fittedRange } = await chooseLaw(given, context);
    const flops = budgetOf(budget, { model, tokens, batchTokens, learningRate, loss }, law);
    const { sequenceLength, confidence } = given;
    const own = planBudget(flops, law, {
      draws,
      confidence,
      sequenceLength,
      fittedRange,
    });
    let shape: Shape | null = null;
    if (own.model && sequenceLength) shape = decoderShape(own.model.value, { sequenceLength });
    const text = json ? JSON.stringify({ ...own, shape }) : planText(own, shape, context);
    context.write(`${text}\n`);
  },
});
