/** @file How each operator of the golden file is spelled in this package. */

import type { Tensor } from "../../src";
import * as dg from "../../src";

type Inputs = Record<string, Tensor>;
// biome-ignore lint/suspicious/noExplicitAny: the attributes are JSON of many shapes
type Operator = (inputs: Inputs, attrs: any) => Tensor[];

const activations: Record<string, (x: Tensor) => Tensor> = {
  gelu_erf: dg.gelu,
  gelu_tanh_more: (x) => dg.gelu(x, { approximate: "tanh" }),
  silu: dg.silu,
  sigmoid: dg.sigmoid,
  relu: dg.relu,
  logsigmoid: dg.logSigmoid,
};

const reductions: Record<string, Operator> = {
  "mean-dim": ({ x }, { dim }) => [x!.mean({ dim })],
  "var-unbiased": ({ x }, { dim, correction }) => [x!.variance({ dim, correction })],
  "max-dim": ({ x }, { dim }) => [x!.amax({ dim }), x!.argmax({ dim })],
  "norm-2": ({ x }, { dim }) => [x!.norm({ dim })],
};

const shapeOperators: Record<string, Operator> = {
  "permute-reshape": ({ x }, { permute, reshape }) => [x!.permute(permute).reshape(reshape)],
  "pad-constant": ({ x }, { pad_last_first, value }) => [x!.pad(pad_last_first, { value })],
};

function batchNorm(
  { x, w, b, rm, rv }: Inputs,
  { momentum, eps }: { momentum: number; eps: number },
): Tensor[] {
  const layer = new dg.nn.BatchNorm(w!.size, { momentum, eps });
  Object.assign(layer, { weight: w, bias: b, runningMean: rm!.clone(), runningVar: rv!.clone() });
  const out = layer.forward(x!);
  return [out, layer.runningMean, layer.runningVar];
}

export const goldenOperators: Record<string, Operator> = {
  softmax: ({ x }, { dim }) => [dg.softmax(x!, { dim })],
  log_softmax: ({ x }, { dim }) => [dg.logSoftmax(x!, { dim })],
  logsumexp: ({ x }) => [dg.logSumExp(x!)],
  layer_norm: ({ x, w, b }, { eps }) => [dg.layerNorm(x!, w!, b!, { eps })],
  rms_norm: ({ x, w }, { eps }) => [dg.rmsNorm(x!, w!, { eps })],
  activation: ({ x }, { name }) => [activations[name]!(x!)],
  unary: ({ x }, { name }) => [(dg as unknown as Record<string, (x: Tensor) => Tensor>)[name]!(x!)],
  clamp: ({ x }, { name: _, ...options }) => [dg.clamp(x!, options)],
  cross_entropy: ({ x, y }, { ignore_index = -100, label_smoothing = 0 }) => [
    dg.crossEntropy(x!, y!, { ignoreIndex: ignore_index, labelSmoothing: label_smoothing }),
  ],
  loss: ({ input, target }, { name }) => [
    (name === "mse" ? dg.mseLoss : dg.bceWithLogits)(input!, target!),
  ],
  embedding: ({ w, i }) => [dg.embedding(w!, i!)],
  linear: ({ x, w, b }) => [dg.linear(x!, w!, b!)],
  matmul: ({ input, other }) => [dg.matmul(input!, other!)],
  bmm: ({ q, k }, { equation }) => [dg.einsum(equation, q!, k!)],
  conv2d: ({ x, w, b }, { name: _, ...options }) => [dg.conv2d(x!, w!, b!, options)],
  conv1d: ({ x, w, b }, { name: _, ...options }) => [dg.conv1d(x!, w!, b!, options)],
  max_pool2d: ({ x }, { kernel, stride }) => [dg.maxPool2d(x!, kernel, { stride })],
  avg_pool2d: ({ x }, { kernel, stride }) => [dg.avgPool2d(x!, kernel, { stride })],
  group_norm: ({ x, w, b }, { groups, eps }) => [dg.groupNorm(x!, groups, w!, b!, { eps })],
  batch_norm: batchNorm,
  gather: ({ x, i }, { dim }) => [dg.gather(x!, dim, i!)],
  index_select: ({ x, i }, { dim }) => [dg.indexSelect(x!, dim, i!)],
  scatter_add: ({ x, i, s }, { dim }) => [dg.scatterAdd(x!, dim, i!, s!)],
  scatter: ({ x, i, s }, { dim }) => [dg.scatter(x!, dim, i!, s!)],
  index_add: ({ x, i, s }, { dim, alpha }) => [dg.indexAdd(x!, dim, i!, s!, { alpha })],
  topk: ({ x }, { k, dim, largest }) => {
    const { values, indices } = dg.topk(x!, k, { dim, largest });
    return [values, indices];
  },
  sort: ({ x }, { dim, descending }) => {
    const { values, indices } = dg.sort(x!, { dim, descending });
    return [values, indices];
  },
  cumsum: ({ x }, { dim }) => [dg.cumsum(x!, dim)],
  reduce: (inputs, attrs) => reductions[attrs.name]!(inputs, attrs),
  where: ({ a, b, m }) => [dg.where(m!, a!, b!)],
  masked_fill: ({ x, m }) => [dg.softmax(dg.maskedFill(x!, m!, -Infinity))],
  broadcast: ({ a, b }) => [a!.add(b!).mul(b!)],
  shape: (inputs, attrs) => shapeOperators[attrs.name]!(inputs, attrs),
  // The golden layout is [batch, heads, sequence, d]; ours has the sequence first.
  attention: ({ q, k, v }, { causal }) => {
    const swap = (x: Tensor) => x.transpose(1, 2);
    return [swap(dg.scaledDotProductAttention(swap(q!), swap(k!), swap(v!), { isCausal: causal }))];
  },
  interpolate: ({ x }, { scale }) => [dg.upsampleNearest(x!, scale)],
};
