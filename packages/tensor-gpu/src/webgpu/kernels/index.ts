/** @file The kernels of the contract that there are in WGSL. */

import { attention } from "./attention";
import { attentionGrad } from "./attention-grad";
import { addScaled, arithmetic, compare, where } from "./binary";
import { crossEntropy, crossEntropyGrad } from "./cross-entropy";
import { combineRows, countingSort, expandRows, rowDots } from "./experts";
import { firstOutOfRange, gather, gatherRows, scatter, scatterAddRows } from "./gather";
import { gemm } from "./gemm";
import { groupedGemm, groupedGemmWeight } from "./grouped-gemm";
import { copy, fill } from "./memory";
import {
  layerNorm,
  layerNormGrad,
  layerNormParamGrad,
  rmsNorm,
  rmsNormGrad,
  rmsNormParamGrad,
} from "./norms";
import { adamw, squaredNorms } from "./optimisers";
import { dropout, random } from "./random";
import { argReduce, reduce } from "./reduce";
import { rope } from "./rope";
import { softmax, softmaxGrad } from "./softmax";
import { sort } from "./sort";
import { swiglu, swigluGrad } from "./swiglu";
import { unary, unaryGrad } from "./unary";

export const KERNELS = {
  adamw,
  addScaled,
  argReduce,
  arithmetic,
  attention,
  attentionGrad,
  combineRows,
  compare,
  copy,
  countingSort,
  crossEntropy,
  crossEntropyGrad,
  dropout,
  expandRows,
  fill,
  firstOutOfRange,
  gather,
  gatherRows,
  gemm,
  groupedGemm,
  groupedGemmWeight,
  layerNorm,
  layerNormGrad,
  layerNormParamGrad,
  random,
  reduce,
  rmsNorm,
  rmsNormGrad,
  rmsNormParamGrad,
  rope,
  rowDots,
  scatter,
  scatterAddRows,
  softmax,
  softmaxGrad,
  sort,
  squaredNorms,
  swiglu,
  swigluGrad,
  unary,
  unaryGrad,
  where,
};
