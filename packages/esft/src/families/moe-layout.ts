/** Routing settings, under the names that `topKGate` of `@deepgrain/moe` takes. */
export interface RouterSettings {
  /** Routed experts per layer. */
  experts: number;
  /** Routed experts per token. */
  topK: number;
  /** Function from logits to scores. */
  scoring: "softmax" | "sigmoid";
  /** How experts are picked. */
  method: "greedy" | "group_limited_greedy" | "noaux_tc";
  /** Groups of consecutive experts. */
  groups: number;
  /** Groups that a token may use. */
  groupsKept: number;
  /** Whether a token's weights are normalised to sum to 1. */
  normTopkProb: boolean;
  /** Multiplies the weights. */
  scale: number;
  /** Order of normalising and scaling, by family. */
  family: "deepseek" | "deepseek_v2" | "deepseek_v3";
}

/** The family whose weight names a model uses. */
export type MoeFamily =
  | "deepseek"
  | "deepseek_v2"
  | "deepseek_v3"
  | "mixtral"
  | "qwen2_moe"
  | "qwen3_moe";

/** Where a mixture-of-experts model stores its routers and experts, for all families. */
export interface MoeLayout {
  readonly family: MoeFamily;
  /** Decoder blocks. */
  readonly nLayers: number;
  /** Numbers of the blocks with routed experts. */
  readonly moeLayers: readonly number[];
  /** Routed experts in a layer. */
  readonly nRouted: number;
  /** Shared experts of the routed experts' width in a layer; one of another width counts as its multiple. */
  readonly nShared: number;
  readonly topK: number;
  readonly hiddenSize: number;
  /** Inner width of one routed expert. */
  readonly expertSize: number;
  readonly router: RouterSettings;
  /** Name of the router's weight, [nRouted, hidden]. */
  gateTensor(layer: number): string;
  /** Name of the balancing bias, [nRouted]; null if the family has none. */
  biasTensor(layer: number): string | null;
  /** Names of one expert's matrices: gate and up [expertSize, hidden], down [hidden, expertSize]. */
  expertTensors(layer: number, expert: number): { gate: string; up: string; down: string };
  /** Names of the shared experts' matrices and, in Qwen2-MoE, of their gate; empty if there are none. */
  sharedTensors(layer: number): readonly string[];
}

/** The three matrices of a gated feed-forward network below a name, as most families name them. */
export const projections = (prefix: string): { gate: string; up: string; down: string } => ({
  gate: `${prefix}.gate_proj.weight`,
  up: `${prefix}.up_proj.weight`,
  down: `${prefix}.down_proj.weight`,
});

/** Routed experts by block number. */
export const expertCounts = ({ moeLayers, nRouted }: MoeLayout): Map<number, number> =>
  new Map(moeLayers.map((layer) => [layer, nRouted]));
