import { whole } from "@deepgrain/support/schema";
import {
  combineExperts,
  dispatch,
  groupedLinear,
  keep,
  nn,
  planExperts,
  swigluPacked,
  type Tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { check, MoeError, read } from "../errors";
import { type InitialWeights, initialWeights, normalWeight } from "./initial-weights";

type Stack = "gateUp" | "down";

/** One expert's slice of a stack, a separate leaf that shares memory with the stack. */
const sliceLeaf = (stack: Tensor, expert: number): Tensor =>
  keep(tidy(() => stack.detach().select(0, expert).detach())).requireGrad();

/**
 * The routed experts of one layer, each down(silu(gate(x)) · up(x)), as two stacks for grouped products. While only
 * some experts are trained, their slices are the parameters, named by number: `3.gateUp`, `3.down`.
 */
export class StackedExperts extends nn.Module {
  static override readonly name: string = "StackedExperts";
  /** [experts, 2f, d] gate rows above up rows. */
  gateUp: Tensor;
  /** [experts, d, f] */
  down: Tensor;
  private _trained: Map<number, Record<Stack, Tensor>> | null = null;

  /** @throws {MoeError} `ERR_RANGE` for sizes below 1 */
  constructor(
    readonly count: number,
    hiddenSize: number,
    expertSize: number,
    init: InitialWeights = {},
  ) {
    super();
    const settings = read(initialWeights, "StackedExperts", init);
    check("StackedExperts", "count", count, whole({ min: 1 }));
    check("StackedExperts", "hiddenSize", hiddenSize, whole({ min: 1 }));
    check("StackedExperts", "expertSize", expertSize, whole({ min: 1 }));
    this.gateUp = normalWeight([count, 2 * expertSize, hiddenSize], settings);
    this.down = normalWeight([count, hiddenSize, expertSize], settings);
  }

  /** The only experts that are trained, ascending; null when the stacks are trained (or frozen) as a whole. */
  get trained(): readonly number[] | null {
    return this._trained && [...this._trained.keys()];
  }

  /** The stacks, followed by the slices that are trained separately. */
  override *namedTensors(prefix = ""): Generator<nn.NamedTensor> {
    yield* super.namedTensors(prefix);
    for (const [expert, { gateUp, down }] of this._trained ?? []) {
      yield [`${prefix}${expert}.gateUp`, gateUp];
      yield [`${prefix}${expert}.down`, down];
    }
  }

  /**
   * Trains only these experts: the stacks no longer require gradients, and a slice per expert becomes a parameter. The
   * other experts need no weight gradients and no optimiser state, and are excluded from weight decay and gradient
   * clipping. The numbers may come in any order; an empty list freezes all experts. Null trains the whole stacks again.
   * @throws {MoeError} `ERR_RANGE` for a number that is not an expert or occurs twice
   */
  trainOnly(experts: readonly number[] | null): void {
    for (const expert of experts ?? [])
      check("trainOnly", "expert", expert, whole({ min: 0, max: this.count - 1 }));
    if (experts && new Set(experts).size !== experts.length)
      throw new MoeError("ERR_RANGE", "moe/trainOnly: an expert comes twice", {
        fields: { experts },
      });
    this.forgetSlices();
    for (const stack of [this.gateUp, this.down]) {
      stack.grad?.dispose();
      stack.grad = null;
      stack.requireGrad(experts === null);
    }
    if (!experts) return;
    const ascending = [...experts].sort((a, b) => a - b);
    this._trained = new Map(
      ascending.map((e) => [
        e,
        { gateUp: sliceLeaf(this.gateUp, e), down: sliceLeaf(this.down, e) },
      ]),
    );
  }

  private forgetSlices(): void {
    for (const { gateUp, down } of this._trained?.values() ?? [])
      for (const slice of [gateUp, down]) slice.dispose();
    this._trained = null;
  }

  private leaves(stack: Stack): { trained: Map<number, Tensor> | null } {
    const trained = this._trained && new Map([...this._trained].map(([e, own]) => [e, own[stack]]));
    return { trained };
  }

  /**
   * y[t] = Σ_j weights[t, j] · expert_{ids[t, j]}(x[t]), summed in order of j. An id of −1 adds nothing.
   * @param x [tokens, d]
   * @param ids int32 [tokens, k]
   * @param weights [tokens, k]
   * @returns [tokens, d]
   */
  forward(x: Tensor, ids: Tensor, weights: Tensor): Tensor {
    return tidy(() => {
      const plan = planExperts(ids, this.count);
      const rows = dispatch(x, plan); // [tokens, d] -> [tokens·k, d], sorted by expert
      const inner = swigluPacked(
        groupedLinear(rows, this.gateUp, plan.offsets, this.leaves("gateUp")),
      );
      const outer = groupedLinear(inner, this.down, plan.offsets, this.leaves("down"));
      return combineExperts(outer, weights, plan);
    });
  }
}
