import { having } from "../errors";
import { attentionMatrices, expertLayers, type ModelShape } from "./model-shape";

/** Parameters of a model by component. */
export interface ParameterCount {
  embeddings: number;
  attention: number;
  norms: number;
  routers: number;
  routedExperts: number;
  sharedExperts: number;
  /** Feed-forward networks of dense layers. */
  dense: number;
  total: number;
  /** Parameters that are active for one token (all embeddings included). */
  activated: number;
}

/** Norms of one layer: two of the hidden width, and those of compressed queries and keys. */
function layerNorms({ attention, hiddenSize }: ModelShape): number {
  const latent =
    attention.kind === "latent" ? attention.keyValueRank + (attention.queryRank ?? 0) : 0;
  return 2 * hiddenSize + latent;
}

/**
 * Counts parameters: 2Vd embeddings; attention and norms per layer; N'd router and (N' + Ks)·3dI experts per mixture layer;
 * 3dI per dense one; d for the last norm. The balancing bias of V3 is not counted.
 * @see the released models' sizes, which it reproduces
 */
export function countParameters(shape: ModelShape): ParameterCount {
  having("countParameters", "shape", shape, "layers", "hiddenSize");
  const { layers, hiddenSize: d, vocabulary, denseSize, experts, isTied = false } = shape;
  const mixtures = expertLayers(shape);
  const { routed, topK, shared, size } = experts ?? { routed: 0, topK: 0, shared: 0, size: 0 };
  const expert = 3 * d * size;
  const parts = {
    embeddings: (isTied ? 1 : 2) * vocabulary * d,
    attention: layers * attentionMatrices(shape),
    norms: layers * layerNorms(shape) + d,
    routers: mixtures * routed * d,
    routedExperts: mixtures * routed * expert,
    sharedExperts: mixtures * shared * expert,
    dense: (layers - mixtures) * 3 * d * denseSize,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { ...parts, total, activated: total - mixtures * (routed - topK) * expert };
}
