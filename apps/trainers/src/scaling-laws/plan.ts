import { readFile } from "node:fs/promises";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
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
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { type TextTableOptions, textTable } from "@deepgrain/support/pages";
import type { lawFlags, planFlags } from "./flags";
import { fitOf, runsOf } from "./read-runs";

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
function budgetOf(
  budget: number | undefined,
  goals: Readonly<Record<string, number | undefined>>,
  law: Law,
): number {
  const wanted = Object.entries(goals).filter(([, value]) => value !== undefined);
  if ((budget === undefined ? 0 : 1) + wanted.length !== 1)
    throw new UsageError(
      "give exactly one of --budget, --model-flops, --tokens, --batch-tokens, --lr, --loss",
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

/** `scaling plan`. */
export const plan: RunCommand<typeof planFlags> = async (
  { budget, modelFlops, tokens, batchTokens, lr, loss, json, ...given },
  context,
) => {
  const { law, draws = [], fittedRange } = await chooseLaw(given, context);
  const goals = { model: modelFlops, tokens, batchTokens, learningRate: lr, loss };
  const flops = budgetOf(budget, goals, law);
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
};
