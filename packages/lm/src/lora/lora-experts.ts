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
import { mergeInto } from "./lora-linear";
import {
  dropInputs,
  type FactorSettings,
  type LoraPart,
  newFactors,
  type TrainableFactors,
} from "./lora-part";

/** Routed experts kept as two stacks, each expert down(silu(gate(x)) · up(x)); `StackedExperts` of `@deepgrain/moe`. */
export interface ExpertStacks extends nn.Module {
  readonly count: number;
  /** [experts, 2f, d]: gate rows above up rows. */
  gateUp: Tensor;
  /** [experts, d, f] */
  down: Tensor;
  forward(x: Tensor, ids: Tensor, weights: Tensor): Tensor;
}

type Part = "gate_proj" | "up_proj" | "down_proj";

/** True for a module that holds stacked experts. */
export const isExpertStacks = (module: nn.Module): module is ExpertStacks =>
  "gateUp" in module && "down" in module && "count" in module && "forward" in module;

const propertyOf = (part: Part, factor: "A" | "B"): string =>
  `lora${part[0]!.toUpperCase()}${part.slice(1, part.indexOf("_"))}${factor}`;

/** The stack's weight that a part's factors change, as a view. */
function weightOf(experts: ExpertStacks, part: Part): Tensor {
  if (part === "down_proj") return experts.down.detach();
  const width = experts.gateUp.shape[1]! / 2;
  return experts.gateUp.detach().narrow(1, part === "gate_proj" ? 0 : width, width);
}

function expertsForward(
  experts: ExpertStacks,
  parts: ReadonlyMap<Part, TrainableFactors>,
  settings: FactorSettings,
): ExpertStacks["forward"] {
  const plus = (part: Part, y: Tensor, x: Tensor, { offsets }: ExpertPlan): Tensor => {
    const factors = parts.get(part);
    if (!factors || !settings.power.isOn) return y;
    const inner = groupedLinear(dropInputs(x, experts.training, settings), factors.a, offsets);
    return y.add(groupedLinear(inner, factors.b, offsets).mul(settings.scale));
  };
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

/**
 * Attaches factors to stacked experts, one pair an expert and matrix, computed by grouped products. They become parameters
 * such as `loraGateA` [experts, r, d].
 * @param name the module's Hugging Face name, such as `model.layers.1.mlp.experts`
 * @param targeted which matrices get factors
 */
export function attachToExperts(
  experts: ExpertStacks,
  name: string,
  targeted: readonly Part[],
  settings: FactorSettings,
): LoraPart {
  const parts = new Map(
    targeted.map((part) => [part, tidy(() => newFactors(weightOf(experts, part), settings))]),
  );
  for (const [part, { a, b }] of parts)
    Object.assign(experts, { [propertyOf(part, "A")]: a, [propertyOf(part, "B")]: b });
  experts.forward = expertsForward(experts, parts, settings);
  const parameters = () => [...parts.values()].flatMap(({ a, b }) => [a, b]);
  return {
    views() {
      const views = new Map<string, TrainableFactors>();
      for (const [part, { a, b }] of parts)
        for (let e = 0; e < experts.count; e++)
          views.set(`${name}.${e}.${part}`, {
            a: a.detach().select(0, e),
            b: b.detach().select(0, e),
          });
      return views;
    },
    parameters,
    async merge() {
      for (const [part, { a, b }] of parts) {
        const view = keep(tidy(() => weightOf(experts, part)));
        await mergeInto(view, a, b, settings.scale);
        view.dispose();
      }
    },
    detach() {
      Reflect.deleteProperty(experts, "forward"); // the class's own method shows again
      for (const part of parts.keys())
        for (const factor of ["A", "B"] as const)
          Reflect.deleteProperty(experts, propertyOf(part, factor));
      for (const parameter of parameters()) parameter.dispose();
    },
  };
}
