import { having, real, ScalingLawsError } from "../errors";
import { powerInverse } from "../law/evaluate";
import { type Law, mapLaw } from "../law/law";

/** The goal of a budget: exactly one of these. */
export type Goal =
  | { model: number }
  | { tokens: number }
  | { batchTokens: number }
  | { learningRate: number }
  | { loss: number };

/**
 * The inverse of {@link plan}: the budget at which a law's model scale, tokens, batch, learning rate or loss has the
 * wanted value.
 *
 * @param goal exactly one of `model` (FLOPs per token), `tokens`, `batchTokens`, `learningRate`, `loss`
 * @returns training FLOPs C
 * @throws {ScalingLawsError} `ERR_ARGUMENT` for no or several goals, or a goal whose part the law lacks; `ERR_RANGE` for
 *   a goal that is not finite and above 0, or a loss that no budget reaches
 */
export function budgetFor(goal: Goal, law: Law): number {
  having("budgetFor", "goal", goal);
  having("budgetFor", "law", law);
  const [entry, ...others] = Object.entries(goal) as [string, number][];
  if (!entry || others.length > 0)
    throw new ScalingLawsError(
      "ERR_ARGUMENT",
      `scaling-laws/budgetFor: give exactly one goal, got ${Object.keys(goal).join(", ") || "none"}`,
      { fields: { goal } },
    );
  const [key, value] = entry;
  real("budgetFor", key, value, { above: 0 });
  const { allocation, batchSize, learningRate, loss } = mapLaw(law, (number) => number.value);
  const parts = new Map([
    ["model", allocation?.model],
    ["tokens", allocation?.data],
    ["batchTokens", batchSize],
    ["learningRate", learningRate],
    ["loss", loss],
  ]);
  const part = parts.get(key);
  if (!part)
    throw new ScalingLawsError(
      "ERR_ARGUMENT",
      parts.has(key)
        ? `scaling-laws/budgetFor: the law has no part for ${key}`
        : `scaling-laws/budgetFor: ${key} is not a goal; it may be ${[...parts.keys()].join(", ")}`,
      { fields: { key } },
    );
  const floor = key === "loss" ? (loss?.floor ?? 0) : 0;
  const flops = powerInverse(part, value - floor);
  if (value > floor && flops > 0 && Number.isFinite(flops)) return flops;
  throw new ScalingLawsError(
    "ERR_RANGE",
    `scaling-laws/budgetFor: no budget gives ${key} ${value}${floor > 0 ? `: the law's floor is ${floor.toPrecision(4)}` : ""}`,
    { fields: { key, value, floor } },
  );
}
