/** Multi-head or grouped-query attention. */
export interface FullAttentionShape {
  kind: "full";
  heads: number;
  keyValueHeads: number;
  headSize: number;
}

/** Multi-head latent attention. */
export interface LatentAttentionShape {
  kind: "latent";
  heads: number;
  /** Null: queries are not compressed. */
  queryRank: number | null;
  keyValueRank: number;
  /** Size of a query or key head without positions. */
  plainSize: number;
  /** Size of its rotated part. */
  rotarySize: number;
  valueSize: number;
}

/** The expert layers of a model. */
export interface ExpertsShape {
  /** Routed experts per layer, N'. */
  routed: number;
  /** Routed experts per token, K'. */
  topK: number;
  /** Shared experts, Ks. */
  shared: number;
  /** Inner width of one expert. */
  size: number;
  /** First layers that are dense. Default 0. */
  denseLayers?: number | undefined;
}

/** The sizes of a decoder that the counters need: pre-norm blocks with gated feed-forward networks, no biases. */
export interface ModelShape {
  layers: number;
  hiddenSize: number;
  vocabulary: number;
  attention: FullAttentionShape | LatentAttentionShape;
  /** Inner width of dense feed-forward networks. */
  denseSize: number;
  /** Null: all layers are dense. */
  experts: ExpertsShape | null;
  /** Input and output embeddings are one matrix. Default false. */
  isTied?: boolean | undefined;
}

/** The layers that have experts. */
export const expertLayers = ({ experts, layers }: ModelShape): number =>
  experts ? layers - (experts.denseLayers ?? 0) : 0;

/** Parameters in the matrices of an attention layer, without norms. */
export function attentionMatrices({ attention: a, hiddenSize: d }: ModelShape): number {
  if (a.kind === "full") return 2 * d * a.headSize * (a.heads + a.keyValueHeads);
  const query = a.heads * (a.plainSize + a.rotarySize);
  const queries = a.queryRank === null ? d * query : a.queryRank * (d + query);
  const compressed = d * (a.keyValueRank + a.rotarySize);
  const expanded = a.keyValueRank * a.heads * (a.plainSize + a.valueSize);
  return queries + compressed + expanded + a.heads * a.valueSize * d;
}

/** Widths of all query and value heads together. */
export function headWidths({ attention: a }: ModelShape): { query: number; value: number } {
  return a.kind === "full"
    ? { query: a.heads * a.headSize, value: a.heads * a.headSize }
    : { query: a.heads * (a.plainSize + a.rotarySize), value: a.heads * a.valueSize };
}
