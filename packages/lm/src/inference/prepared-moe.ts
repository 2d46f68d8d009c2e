import type { MoeLayer, StackedExperts } from "@deepgrain/moe";
import { inference, type Tensor } from "@deepgrain/tensor-gpu";
import type { PreparedAttention } from "./prepared-attention";
import {
  asWritten,
  isChanged,
  prepared,
  prepareLinear,
  type Release,
  type RowFunction,
} from "./prepared-layers";
import type { Workspace } from "./workspace";

/** A feed-forward part of one layer. */
export type PreparedMlp = PreparedAttention["run"];

/** The matrices of each expert: gate above up [2f, d], and down [d, f]. */
function expertMatrices(experts: StackedExperts, release: Release) {
  const each = (stack: Tensor) =>
    Array.from({ length: experts.count }, (_, e) =>
      prepared(release, () => stack.detach().select(0, e)),
    );
  return { gateUp: each(experts.gateUp), down: each(experts.down) };
}

/** out += Σ weight · expert(x) for the chosen experts of one token; only their weights are read. */
function prepareExperts(experts: StackedExperts, release: Release) {
  const { gateUp, down } = expertMatrices(experts, release);
  const size = experts.down.shape[2]!;
  return (
    out: Tensor,
    x: Tensor,
    { ids, weights }: { ids: number[]; weights: number[] },
    space: Workspace,
    accumulate: boolean,
  ) => {
    const both = space.get("expert", 2 * size);
    const half = (name: string, first: number) =>
      space.made(`expert ${name}`, () => both.narrow(1, first, size));
    const inner = space.get("expert inner", size);
    for (const [i, id] of ids.entries()) {
      inference.linearInto(both, x, gateUp[id]!);
      inference.swigluInto(inner, half("gate", 0), half("up", size));
      inference.scaleInto(inner, weights[i]!);
      inference.linearInto(out, inner, down[id]!, { accumulate: accumulate || i > 0 });
    }
  };
}

/** out += σ(gate(x)) · shared(x), or shared(x) if there is no gate. */
function prepareShared(
  layer: MoeLayer,
  shared: PreparedMlp | null,
  release: Release,
): ((out: Tensor, x: Tensor, step: Parameters<PreparedMlp>[2]) => void) | null {
  if (!shared) return null;
  const toGate: RowFunction | null =
    layer.sharedExpertGate && prepareLinear(layer.sharedExpertGate, release);
  return (out, x, step) => {
    if (!toGate) return shared(out, x, step, true);
    const { space } = step;
    const [gate, y] = [space.get("shared gate", 1), space.get("shared", out.shape[1]!)];
    toGate(gate, x);
    inference.activateInto("sigmoid", gate, gate);
    shared(y, x, step, false);
    inference.scaleInto(y, gate.dataSync()[0]!);
    inference.combineInto("add", out, out, y);
  };
}

/**
 * A mixture of experts. A single token is routed on the host and reads only the weights of its experts. Several tokens
 * use the layer's own forward pass. So does a single token if an adapter or an observer is attached, or if values
 * cannot be read synchronously.
 *
 * @param prepareMlp prepares the shared experts
 */
export function prepareMoe(
  layer: MoeLayer,
  prepareMlp: (mlp: NonNullable<MoeLayer["sharedExperts"]>) => PreparedMlp,
  release: Release,
): PreparedMlp {
  const whole = asWritten(layer);
  if (isChanged(layer.experts) || isChanged(layer.gate))
    return (out, x, _, accumulate) => whole(out, x, accumulate);
  const experts = prepareExperts(layer.experts, release);
  const shared = prepareShared(
    layer,
    layer.sharedExperts && prepareMlp(layer.sharedExperts),
    release,
  );
  const count = layer.experts.count;
  return (out, x, step, accumulate) => {
    const isWatched = layer.isObserved || Object.keys(layer.probe).length > 0;
    if (x.shape[0] !== 1 || isWatched || !x.canReadSync) return whole(out, x, accumulate);
    const logits = step.space.get("router", count);
    inference.linearInto(logits, x, layer.gate.weight);
    experts(out, x, layer.routeToken(logits.dataSync()), step.space, accumulate);
    shared?.(out, x, step);
  };
}
