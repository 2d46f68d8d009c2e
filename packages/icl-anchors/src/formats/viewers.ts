import { AnchorsError, listOf, optionsOf, refuseUnknown } from "../errors";

/** Matrices of [heads][destination][source] per layer. */
export type HeadMatrices = readonly (readonly (readonly (readonly number[])[])[])[];

/** Rows of numbers from flat [T, T] matrices. */
export function toRows(flat: ArrayLike<number>, length: number): number[][] {
  listOf("toRows", "flat", flat);
  return Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => flat[i * length + j]!));
}

/** The input of BertViz's page. */
export interface BertVizParameters {
  attention: [{ name: null; attn: HeadMatrices; left_text: string[]; right_text: string[] }];
  default_filter: "0";
  root_div_id: string;
  layer: number | null;
  heads: number[] | null;
  include_layers: number[];
}

function checkTokens(place: string, layers: HeadMatrices, tokens: readonly string[]): void {
  for (const [layer, heads] of layers.entries())
    for (const head of heads)
      if (head.length !== tokens.length || head.some((row) => row.length !== tokens.length))
        throw new AnchorsError(
          "ERR_SHAPE",
          `icl-anchors/${place}: the matrices of layer ${layer} must be ${tokens.length}×${tokens.length}, one row and column per token`,
          { fields: { layer, tokens: tokens.length } },
        );
}

/**
 * The parameter object of BertViz's head and model views.
 *
 * @param layers [layers][heads][T][T], row = destination; a flow without heads is one head per layer
 * @param tokens one string per token
 * @throws {AnchorsError} `ERR_SHAPE` when matrices and tokens differ in length
 */
export function bertVizParameters(
  layers: HeadMatrices,
  tokens: readonly string[],
  options: {
    rootDivId?: string | undefined;
    layer?: number | null | undefined;
    heads?: number[] | null | undefined;
  } = {},
): BertVizParameters {
  listOf("bertVizParameters", "layers", layers);
  const {
    rootDivId = "bertviz",
    layer = null,
    heads = null,
    ...rest
  } = optionsOf("bertVizParameters", options);
  refuseUnknown("bertVizParameters", rest);
  checkTokens("bertVizParameters", layers, tokens);
  return {
    attention: [{ name: null, attn: layers, left_text: [...tokens], right_text: [...tokens] }],
    default_filter: "0",
    root_div_id: rootDivId,
    layer,
    heads,
    include_layers: layers.map((_, i) => i),
  };
}

/** Properties of CircuitsVis's `AttentionHeads`. */
export interface CircuitsVisProperties {
  attention: readonly (readonly (readonly number[])[])[];
  tokens: string[];
  attentionHeadNames: string[];
  minValue: number;
  maxValue: number;
}

/**
 * The properties of CircuitsVis's `AttentionHeads` component, with every head of every layer as one head.
 *
 * @param layers [layers][heads][T][T], row = destination
 * @throws {AnchorsError} `ERR_SHAPE` when matrices and tokens differ in length
 */
export function circuitsVisProperties(
  layers: HeadMatrices,
  tokens: readonly string[],
): CircuitsVisProperties {
  listOf("circuitsVisProperties", "layers", layers);
  checkTokens("circuitsVisProperties", layers, tokens);
  const attention = layers.flat();
  let maxValue = 0;
  for (const head of attention)
    for (const row of head) for (const value of row) maxValue = Math.max(maxValue, value);
  return {
    attention,
    tokens: [...tokens],
    attentionHeadNames: layers.flatMap((heads, layer) =>
      heads.map((_, head) => (heads.length === 1 ? `L${layer}` : `L${layer}H${head}`)),
    ),
    minValue: 0,
    maxValue,
  };
}
