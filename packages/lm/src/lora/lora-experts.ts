import {
  combineExperts,
  dispatch,
  type ExpertPlan,
  groupedLinear,
  keep,
  type nn,
  planExperts,
  swiglu,
  type Tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import {
  commonScale,
  type ExpertFactors,
  type FactorSize,
  newExpertFactors,
  spreadFactors,
} from "./expert-factors";
import { mergeInto } from "./lora-linear";
import { dropInputs, type FactorSettings, type LoraPart, type TrainableFactors } from "./lora-part";

/** Routed experts kept as two stacks, each expert down(silu(gate(x)) · up(x)); `StackedExperts` of `@deepgrain/moe`. */
export interface ExpertStacks extends nn.Module {
  readonly count: number;
  /** [experts, 2f, d]: gate rows above up rows. */
  gateUp: Tensor;
  /** [experts, d, f] */
  down: Tensor;
  forward(x: Tensor, ids: Tensor, weights: Tensor): Tensor;
}

/** The matrices of an expert. */
export const expertParts = ["gate_proj", "up_proj", "down_proj"] as const;

export type ExpertPart = (typeof expertParts)[number];

/** The matrices that get factors: experts by number, under the name of their matrix. */
export type ExpertTargets = ReadonlyMap<ExpertPart, ReadonlyMap<number, FactorSize>>;

/** True for a module that contains stacked experts. */
export const isExpertStacks = (module: nn.Module): module is ExpertStacks =>
  "gateUp" in module && "down" in module && "count" in module && "forward" in module;

/** `loraGateA`; with the rank, as in `loraGateRank4A`, if a matrix has factors of several ranks. */
const propertyOf = (part: ExpertPart, factor: "A" | "B", rank?: number): string =>
  `lora${part[0]!.toUpperCase()}${part.slice(1, part.indexOf("_"))}${rank === undefined ? "" : `Rank${rank}`}${factor}`;

/** The stack's weight that a part's factors change, as a view. */
function weightOf(experts: ExpertStacks, part: ExpertPart): Tensor {
  if (part === "down_proj") return experts.down.detach();
  const width = experts.gateUp.shape[1]! / 2;
  return experts.gateUp.detach().narrow(1, part === "gate_proj" ? 0 : width, width);
}

type Parts = ReadonlyMap<ExpertPart, readonly ExpertFactors[]>;

function expertsForward(
  experts: ExpertStacks,
  parts: Parts,
  settings: Omit<FactorSettings, "rank" | "scale">,
): ExpertStacks["forward"] {
  const change = (own: ExpertFactors, x: Tensor, { offsets }: ExpertPlan): Tensor => {
    const scale = commonScale(own, experts.count);
    const { a, b } = scale === undefined ? spreadFactors(own, experts.count) : own;
    const inner = groupedLinear(dropInputs(x, experts.training, settings), a, offsets);
    const outer = groupedLinear(inner, b, offsets);
    return scale === undefined ? outer : outer.mul(scale);
  };
  const plus = (part: ExpertPart, y: Tensor, x: Tensor, plan: ExpertPlan): Tensor =>
    settings.power.isOn
      ? (parts.get(part) ?? []).reduce((sum, own) => sum.add(change(own, x, plan)), y)
      : y;
  return (x, ids, weights) =>
    tidy(() => {
      const plan = planExperts(ids, experts.count);
      const rows = dispatch(x, plan); // [tokens, d] -> [tokens·k, d], sorted by expert
      const both = groupedLinear(rows, experts.gateUp, plan.offsets);
      const width = both.shape[1]! / 2;
      const gate = plus("gate_proj", both.narrow(1, 0, width), rows, plan);
      const up = plus("up_proj", both.narrow(1, width, width), rows, plan);
      const inner = swiglu(gate, up);
      const outer = plus(
        "down_proj",
        groupedLinear(inner, experts.down, plan.offsets),
        inner,
        plan,
      );
      return combineExperts(outer, weights, plan);
    });
}

/** Factors by the names of the modules that they change. */
function viewsOf(name: string, parts: Parts): Map<string, TrainableFactors> {
  const views: [number, string, TrainableFactors][] = [];
  for (const [part, groups] of parts)
    for (const { a, b, experts } of groups)
      for (const [i, expert] of experts.entries())
        views.push([
          expert,
          `${name}.${expert}.${part}`,
          { a: a.detach().select(0, i), b: b.detach().select(0, i) },
        ]);
  return new Map(views.map(([, module, factors]) => [module, factors]));
}

/** Adds the change to the experts' weights. */
async function mergeParts(experts: ExpertStacks, parts: Parts): Promise<void> {
  for (const [part, groups] of parts)
    for (const { a, b, experts: numbers, scales } of groups)
      for (const [i, expert] of numbers.entries()) {
        const [weight, ownA, ownB] = tidy(() =>
          [
            weightOf(experts, part).select(0, expert),
            a.detach().select(0, i),
            b.detach().select(0, i),
          ].map(keep),
        );
        await mergeInto(weight!, ownA!, ownB!, scales[i]!);
        for (const view of [weight!, ownA!, ownB!]) view.dispose();
      }
}

/**
 * Attaches factors to stacked experts, a pair per expert and matrix, computed by grouped products. They become parameters
 * such as `loraGateA` [experts with factors, r, d].
 * @param name the module's Hugging Face name, such as `model.layers.1.mlp.experts`
 * @param targets which experts' matrices get factors, with their rank and scale
 */
export function attachToExperts(
  experts: ExpertStacks,
  name: string,
  targets: ExpertTargets,
  settings: Omit<FactorSettings, "rank" | "scale">,
): LoraPart {
  const parts: Parts = new Map(
    [...targets].map(([part, sizes]) => [
      part,
      tidy(() => newExpertFactors(weightOf(experts, part), sizes, settings)),
    ]),
  );
  const properties = new Map<string, Tensor>();
  for (const [part, groups] of parts)
    for (const { a, b, rank } of groups) {
      const shown = groups.length > 1 ? rank : undefined;
      properties.set(propertyOf(part, "A", shown), a);
      properties.set(propertyOf(part, "B", shown), b);
    }
  Object.assign(experts, Object.fromEntries(properties));
  experts.forward = expertsForward(experts, parts, settings);
  return {
    views: () => viewsOf(name, parts),
    parameters: () => [...properties.values()],
    merge: () => mergeParts(experts, parts),
    detach() {
      Reflect.deleteProperty(experts, "forward"); // the class's own method is visible again
      for (const [property, factor] of properties) {
        Reflect.deleteProperty(experts, property);
        factor.dispose();
      }
    },
  };
}
