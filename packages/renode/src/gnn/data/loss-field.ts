import type { Tensor } from "@deepgrain/tensor-gpu";
import type { EdgeBlock } from "./edge-block";
import { type FeatureProduct, featureProduct } from "./feature-product";
import { type Features, featureRows } from "./features";
import { disposeOperator, gcnOperator, held, type Operator } from "./operator";

/** The part of a batch on which the loss of a network with two propagations depends. */
export interface LossField {
  /** Features of the nodes within two steps of the loss's nodes. */
  readonly features: FeatureProduct;
  /** The GCN's operator from nodes within two steps to nodes within one. */
  readonly first: Operator;
  /** From nodes within one step to those of the loss. */
  readonly second: Operator;
  /** The nodes within one step, ascending, int32. */
  readonly near: Tensor;
  /** Position among the rows of `second` of each node of the loss, int32, shape [n]. */
  readonly places: Tensor;
  dispose(): void;
}

/** The given nodes and those that send to them, ascending. */
function withSenders({ size, target, source }: EdgeBlock, nodes: Int32Array): Int32Array {
  const [receives, isIn] = [new Uint8Array(size), new Uint8Array(size)];
  for (const node of nodes) receives[node] = isIn[node] = 1;
  target.forEach((node, e) => {
    if (receives[node]) isIn[source[e]!] = 1;
  });
  return Int32Array.from(isIn.keys()).filter((node) => isIn[node]);
}

/** @param nodes those of the loss, in any order, repeated or not */
export function lossField(block: EdgeBlock, features: Features, nodes: Int32Array): LossField {
  const rows = Int32Array.from(new Set(nodes)).sort();
  const near = withSenders(block, rows);
  const far = withSenders(block, near);
  const place = new Map(Array.from(rows, (node, r) => [node, r]));
  const parts = {
    features: featureProduct(featureRows(features, far)),
    first: gcnOperator(block, { rows: near, columns: far }),
    second: gcnOperator(block, { rows, columns: near }),
    near: held(near),
    places: held(nodes.map((node) => place.get(node)!)),
  };
  return {
    ...parts,
    dispose() {
      for (const operator of [parts.first, parts.second]) disposeOperator(operator);
      for (const made of [parts.features, parts.near, parts.places]) made.dispose();
    },
  };
}
