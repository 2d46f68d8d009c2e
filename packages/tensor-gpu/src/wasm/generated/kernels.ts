// Made by scripts/build-wasm.mjs from assembly/. Do not edit.
import type { Address } from "../arguments";

export type FindNotFinite = [
  x: Address,
  count: number,
];

export type AttentionGrad = [
  ...attention: Attention,
  dout: Address,
  dq: Address,
  dk: Address,
  dv: Address,
  dkPart: number,
  dvPart: number,
];

export type SumParts = [
  out: Address,
  parts: Address,
  count: number,
  size: number,
];

export type Attention = [
  out: Address,
  probs: Address,
  lse: Address,
  q: Address,
  k: Address,
  v: Address,
  keyMask: Address,
  segments: Address,
  queries: number,
  keys: number,
  heads: number,
  keyHeads: number,
  d: number,
  valueD: number,
  scale: number,
  causal: boolean,
  queryOffset: number,
  parts: number,
  qBatch: number,
  qRow: number,
  qHead: number,
  kBatch: number,
  kRow: number,
  kHead: number,
  vBatch: number,
  vRow: number,
  vHead: number,
];

export type BatchNorm = [
  out: Address,
  x: Address,
  weight: Address,
  bias: Address,
  stats: Address,
  batch: number,
  channels: number,
  area: number,
  eps: number,
];

export type BatchNormGrad = [
  dx: Address,
  dweight: Address,
  dbias: Address,
  dy: Address,
  x: Address,
  weight: Address,
  stats: Address,
  batch: number,
  channels: number,
  area: number,
  eps: number,
];

export type Where = [
  out: Address,
  condition: Address,
  a: Address,
  b: Address,
  shift: number,
  n: number,
  stepCondition: number,
  stepA: number,
  stepB: number,
  axes: readonly number[],
];

export type Binary = [
  out: Address,
  a: Address,
  b: Address,
  n: number,
  stepA: number,
  stepB: number,
  axes: readonly number[],
];

export type AddScaled = [
  out: Address,
  x: Address,
  scale: number,
];

export type Codes = [
  codes: Address,
  scales: Address,
  x: Address,
  table: Address,
  n: number,
  block: number,
  keepsPositive: boolean,
];

export type Im2col = [
  ...windows: Windows,
  out: Address,
  x: Address,
];

export type Col2im = [
  ...windows: Windows,
  dx: Address,
  columns: Address,
];

export type QuantizeRows = [
  x: Address,
  out: Address,
  k: number,
];

export type CompactDots = [
  out: Address,
  x: Address,
  quantized: Address,
  rows: Address,
  m: number,
  n: number,
  k: number,
  format: number,
  accumulate: boolean,
];

export type CompactRows = [
  out: Address,
  x: Address,
  k: number,
  format: number,
];

export type ArrangeRows = [
  rows: Address,
  k: number,
];

export type WidenRows = [
  out: Address,
  rows: Address,
  index: Address,
  k: number,
  format: number,
];

export type Pieces = [
  ...windows: Windows,
  channels: number,
  outChannels: number,
  rows: number,
  pitch: number,
  plane: number,
  pieces: number,
];

export type PackConvWeights = [
  packed: Address,
  weight: Address,
  rows: number,
  k: number,
  isTurned: boolean,
  taps: number,
  blockK: number,
];

export type Convolve = [
  ...pieces: Pieces,
  out: Address,
  x: Address,
  packed: Address,
  table: Address,
  blockK: number,
];

export type ConvolveWeightParts = [
  ...pieces: Pieces,
  sums: Address,
  x: Address,
  dy: Address,
  table: Address,
  columns: number,
  batch: number,
  parts: number,
];

export type ConvolveWeightSum = [
  dweight: Address,
  sums: Address,
  parts: number,
  taps: number,
  channels: number,
  outChannels: number,
  columns: number,
];

export type CrossEntropy = [
  losses: Address,
  lse: Address,
  logits: Address,
  targets: Address,
  n: number,
  ignored: number,
  smoothing: number,
];

export type CrossEntropyGrad = [
  dlogits: Address,
  logits: Address,
  lse: Address,
  targets: Address,
  scale: Address,
  n: number,
  ignored: number,
  smoothing: number,
];

export type DepthwiseConv = [
  ...planes: Planes,
  out: Address,
  x: Address,
  weight: Address,
];

export type DepthwiseConvGradInput = [
  ...planes: Planes,
  dx: Address,
  dy: Address,
  weight: Address,
];

export type DepthwiseConvGradWeight = [
  ...planes: Planes,
  dweight: Address,
  dy: Address,
  x: Address,
];

export type CountingSort = [
  order: Address,
  inverse: Address,
  offsets: Address,
  ids: Address,
  slots: number,
  groups: number,
];

export type ExpandRows = [
  out: Address,
  x: Address,
  order: Address,
  k: number,
  weights: Address,
  d: number,
];

export type CombineRows = [
  out: Address,
  x: Address,
  inverse: Address,
  weights: Address,
  k: number,
  d: number,
];

export type RowDots = [
  out: Address,
  dy: Address,
  x: Address,
  inverse: Address,
  k: number,
  d: number,
];

export type FirstOutOfRange = [
  index: Address,
  limit: number,
  count: number,
];

export type GatherRows = [
  out: Address,
  table: Address,
  index: Address,
  d: number,
];

export type ScatterAddRows = [
  out: Address,
  index: Address,
  x: Address,
  count: number,
  d: number,
];

export type Gather = [
  out: Address,
  x: Address,
  index: Address,
  n: number,
  m: number,
  inner: number,
];

export type Scatter = [
  out: Address,
  index: Address,
  x: Address,
  n: number,
  m: number,
  inner: number,
  mode: number,
];

export type Gemm = [
  a: Address,
  b: Address,
  c: Address,
  m: number,
  n: number,
  k: number,
  accumulate: boolean,
  aRow: number,
  aColumn: number,
  bRow: number,
  bColumn: number,
  cRow: number,
];

export type GemmBatch = [
  ...gemm: Gemm,
  inner: number,
  aOuter: number,
  aInner: number,
  bOuter: number,
  bInner: number,
  cOuter: number,
  cInner: number,
];

export type GemmStrips = [
  ...gemm: Gemm,
  byColumns: boolean,
  size: number,
];

export type LinearRows = [
  x: Address,
  m: number,
  k: number,
  accumulate: boolean,
  w0: Address,
  out0: Address,
  n0: number,
  w1: Address,
  out1: Address,
  n1: number,
  w2: Address,
  out2: Address,
  n2: number,
];

export type LargestOfBlocks = [
  x: Address,
  m: number,
  k: number,
  w: Address,
  n: number,
  table: Address,
];

export type LargestOfTable = [
  ids: Address,
  top: Address,
  table: Address,
  entries: number,
  m: number,
];

export type Fill = [
  out: Address,
  value: number,
];

export type Copy = [
  out: Address,
  x: Address,
  conversion: number,
  n: number,
  stepOut: number,
  stepX: number,
  axes: readonly number[],
];

export type CopyTransposed = [
  out: Address,
  x: Address,
  rows: number,
  columns: number,
  bands: number,
  stepOut: number,
  stepX: number,
  axes: readonly number[],
];

export type NormGrad = [
  dx: Address,
  dy: Address,
  x: Address,
  weight: Address,
  stats: Address,
  n: number,
];

export type NormParamGrad = [
  dweight: Address,
  dbias: Address,
  dy: Address,
  x: Address,
  stats: Address,
  rows: number,
  n: number,
];

export type LayerNorm = [
  out: Address,
  stats: Address,
  x: Address,
  weight: Address,
  bias: Address,
  n: number,
  eps: number,
];

export type RmsNorm = [
  out: Address,
  stats: Address,
  x: Address,
  weight: Address,
  n: number,
  eps: number,
];

export type ArrayRecord = [
  block: number,
  address: Address,
  size: number,
];

export type SquaredNorms = [
  table: Address,
  partial: Address,
  out: Address,
];

export type ParameterRecord = [
  place: number,
  parameter: Address,
  gradient: Address,
  decay: number,
  rate: number,
];

export type Adamw = [
  table: Address,
  parameters: number,
  m: Address,
  v: Address,
  gradScale: Address,
  beta1: number,
  oneMinusBeta1: number,
  beta2: number,
  oneMinusBeta2: number,
  inverseCorrection2: number,
  eps: number,
];

export type Sgd = [
  table: Address,
  parameters: number,
  buffer: Address,
  gradScale: Address,
  momentum: number,
  gain: number,
  isNesterov: boolean,
  isFirst: boolean,
];

export type AttendPages = [
  out: Address,
  q: Address,
  keys: Address,
  values: Address,
  rows: Address,
  table: Address,
  tablePages: number,
  pageTokens: number,
  heads: number,
  keyHeads: number,
  d: number,
  valueD: number,
  valueRow: number,
  window: number,
  scale: number,
  cap: number,
  scoreRow: number,
];

export type StorePages = [
  k: Address,
  v: Address,
  keys: Address,
  values: Address,
  rows: Address,
  table: Address,
  tablePages: number,
  pageTokens: number,
  keyHeads: number,
  d: number,
  valueD: number,
  q: Address,
  heads: number,
  cos: Address,
  sin: Address,
  half: number,
  isInterleaved: boolean,
];

export type CheckPages = [
  rows: Address,
  table: Address,
  count: number,
  entries: number,
  sequences: number,
  positions: number,
  pages: number,
];

export type Peak = [
  buffer: Address,
];

export type MaxPool = [
  ...windows: Windows,
  out: Address,
  argmax: Address,
  x: Address,
];

export type MaxPoolGrad = [
  ...windows: Windows,
  dx: Address,
  dy: Address,
  argmax: Address,
];

export type Averages = [
  ...windows: Windows,
  countsPadding: boolean,
];

export type AvgPool = [
  ...averages: Averages,
  out: Address,
  x: Address,
];

export type AvgPoolGrad = [
  ...averages: Averages,
  dx: Address,
  dy: Address,
];

export type PackRecord = [
  b: Address,
  row: number,
  column: number,
  k: number,
  n: number,
  panels: Address,
  first: number,
];

export type PackMatrices = [
  table: Address,
  count: number,
];

export type BlockRecord = [
  a: Address,
  aRow: number,
  aColumn: number,
  b: Address,
  bRow: number,
  bColumn: number,
  c: Address,
  cRow: number,
  m: number,
  n: number,
  k: number,
  accumulate: boolean,
  operand: number,
  first: number,
  start: Address,
];

export type GemmList = [
  table: Address,
];

export type Stream = [
  out: Address,
  seed: number,
  offset: number,
];

export type RandomUniform = [
  ...stream: Stream,
  start: number,
  width: number,
  type: number,
];

export type RandomNormal = [
  ...stream: Stream,
  mean: number,
  deviation: number,
  type: number,
];

export type RandomBernoulli = [
  ...stream: Stream,
  threshold: number,
  one: number,
];

export type Dropout = [
  ...stream: Stream,
  x: Address,
  threshold: number,
  scale: number,
];

export type ArgReduce = [
  out: Address,
  x: Address,
  n: number,
  inner: number,
  flip: number,
];

export type Cumsum = [
  out: Address,
  x: Address,
  n: number,
  inner: number,
  isReverse: boolean,
];

export type Fold = [
  out: Address,
  x: Address,
  n: number,
  block: number,
  blocks: number,
  inner: number,
  divisor: number,
];

export type Rope = [
  out: Address,
  x: Address,
  cos: Address,
  sin: Address,
  positions: Address,
  length: number,
  heads: number,
  half: number,
  isInterleaved: boolean,
  isInverse: boolean,
  outBatch: number,
  outPosition: number,
  outHead: number,
  xBatch: number,
  xPosition: number,
  xHead: number,
];

export type SegmentSoftmax = [
  out: Address,
  x: Address,
  offsets: Address,
  heads: number,
];

export type SegmentSoftmaxGrad = [
  dx: Address,
  dy: Address,
  y: Address,
  offsets: Address,
  heads: number,
];

export type SegmentReduce = [
  out: Address,
  x: Address,
  offsets: Address,
  indices: Address,
  weights: Address,
  d: number,
  isMean: boolean,
];

export type SegmentArgMax = [
  out: Address,
  x: Address,
  offsets: Address,
  indices: Address,
  d: number,
];

export type SegmentDot = [
  out: Address,
  dy: Address,
  x: Address,
  offsets: Address,
  indices: Address,
  d: number,
];

export type Softmax = [
  out: Address,
  x: Address,
  n: number,
];

export type SoftmaxGrad = [
  dx: Address,
  dy: Address,
  y: Address,
  n: number,
];

export type Sort = [
  values: Address,
  indices: Address,
  x: Address,
  n: number,
  k: number,
  flip: number,
];

export type Swiglu = [
  out: Address,
  gate: Address,
  up: Address,
  n: number,
  gateRow: number,
  upRow: number,
];

export type SwigluGrad = [
  dgate: Address,
  dup: Address,
  dy: Address,
  gate: Address,
  up: Address,
  n: number,
  dgateRow: number,
  dupRow: number,
  gateRow: number,
  upRow: number,
];

export type UnaryGrad = [
  dx: Address,
  dy: Address,
  x: Address,
  y: Address,
  parameter: number,
];

export type Unary = [
  out: Address,
  x: Address,
  parameter: number,
];

export type Windows = [
  height: number,
  width: number,
  kernelHeight: number,
  kernelWidth: number,
  outHeight: number,
  outWidth: number,
  strideY: number,
  strideX: number,
  padY: number,
  padX: number,
  dilationY: number,
  dilationX: number,
];

export type Planes = [
  ...windows: Windows,
  channels: number,
  batch: number,
];

export type PackWinograd = [
  out: Address,
  weight: Address,
  rows: number,
  k: number,
  isTurned: boolean,
];

export type ConvolveWinograd = [
  ...pieces: Pieces,
  out: Address,
  x: Address,
  packed: Address,
  table: Address,
  tiles: number,
  inputStep: number,
  outputStep: number,
];

/** The parameters of each kernel, in order. */
export interface KernelParameters {
  findNotFinite: FindNotFinite;
  attentionGrad: AttentionGrad;
  sumParts: SumParts;
  attention: Attention;
  batchNorm: BatchNorm;
  batchNormGrad: BatchNormGrad;
  where: Where;
  binaryAdd: Binary;
  binarySub: Binary;
  binaryMul: Binary;
  binaryDiv: Binary;
  binaryPow: Binary;
  binaryMaximum: Binary;
  binaryMinimum: Binary;
  binaryRemainder: Binary;
  binaryEq: Binary;
  binaryNe: Binary;
  binaryLt: Binary;
  binaryLe: Binary;
  binaryAddInt: Binary;
  binarySubInt: Binary;
  binaryMulInt: Binary;
  binaryDivInt: Binary;
  binaryPowInt: Binary;
  binaryMaximumInt: Binary;
  binaryMinimumInt: Binary;
  binaryRemainderInt: Binary;
  binaryEqInt: Binary;
  binaryNeInt: Binary;
  binaryLtInt: Binary;
  binaryLeInt: Binary;
  addScaled: AddScaled;
  quantizeBlocks: QuantizeRows;
  blockDots: CompactDots;
  widenBlocks: WidenRows;
  encodeBlocks: CompactRows;
  quantizeWide: QuantizeRows;
  blockTiles: CompactDots;
  expandCodes: Codes;
  chooseCodes: Codes;
  im2col: Im2col;
  col2im: Col2im;
  quantizeRows: QuantizeRows;
  compactDots: CompactDots;
  compactRows: CompactRows;
  arrangeRows: ArrangeRows;
  widenRows: WidenRows;
  packConvWeights: PackConvWeights;
  convolve: Convolve;
  convolveWeightParts: ConvolveWeightParts;
  convolveWeightSum: ConvolveWeightSum;
  crossEntropy: CrossEntropy;
  crossEntropyGrad: CrossEntropyGrad;
  depthwiseConv: DepthwiseConv;
  depthwiseConvGradInput: DepthwiseConvGradInput;
  depthwiseConvGradWeight: DepthwiseConvGradWeight;
  countingSort: CountingSort;
  expandRows: ExpandRows;
  combineRows: CombineRows;
  rowDots: RowDots;
  firstOutOfRange: FirstOutOfRange;
  gatherRows: GatherRows;
  scatterAddRows: ScatterAddRows;
  gather: Gather;
  scatter: Scatter;
  gemmBatch: GemmBatch;
  gemmStrips: GemmStrips;
  linearRows: LinearRows;
  largestOfBlocks: LargestOfBlocks;
  largestOfTable: LargestOfTable;
  longDots: CompactDots;
  quantizeLong: QuantizeRows;
  longTiles: CompactDots;
  fill: Fill;
  copy: Copy;
  copyTransposed: CopyTransposed;
  layerNormGrad: NormGrad;
  rmsNormGrad: NormGrad;
  layerNormParamGrad: NormParamGrad;
  rmsNormParamGrad: NormParamGrad;
  layerNorm: LayerNorm;
  rmsNorm: RmsNorm;
  squaredNormBlocks: SquaredNorms;
  squaredNorms: SquaredNorms;
  adamw: Adamw;
  sgd: Sgd;
  checkPages: CheckPages;
  attendPages: AttendPages;
  storePages: StorePages;
  peak: Peak;
  maxPool: MaxPool;
  maxPoolGrad: MaxPoolGrad;
  avgPool: AvgPool;
  avgPoolGrad: AvgPoolGrad;
  packMatrices: PackMatrices;
  gemmList: GemmList;
  randomUniform: RandomUniform;
  randomNormal: RandomNormal;
  randomBernoulli: RandomBernoulli;
  dropout: Dropout;
  argRowsFloat: ArgReduce;
  argRowsInt: ArgReduce;
  argColumnsFloat: ArgReduce;
  argColumnsInt: ArgReduce;
  cumsumFloat: Cumsum;
  cumsumInt: Cumsum;
  sumRows: Fold;
  sumColumns: Fold;
  sumSquaresRows: Fold;
  sumSquaresColumns: Fold;
  maxRows: Fold;
  maxColumns: Fold;
  minRows: Fold;
  minColumns: Fold;
  prodRows: Fold;
  prodColumns: Fold;
  sumIntRows: Fold;
  sumIntColumns: Fold;
  maxIntRows: Fold;
  maxIntColumns: Fold;
  minIntRows: Fold;
  minIntColumns: Fold;
  prodIntRows: Fold;
  prodIntColumns: Fold;
  rope: Rope;
  segmentSoftmax: SegmentSoftmax;
  segmentSoftmaxGrad: SegmentSoftmaxGrad;
  segmentSum: SegmentReduce;
  segmentMax: SegmentReduce;
  segmentArgMax: SegmentArgMax;
  segmentDot: SegmentDot;
  softmax: Softmax;
  softmaxGrad: SoftmaxGrad;
  logSumExp: Softmax;
  logSoftmax: Softmax;
  logSoftmaxGrad: SoftmaxGrad;
  sortFloat: Sort;
  sortInt: Sort;
  swiglu: Swiglu;
  swigluGrad: SwigluGrad;
  gradNeg: UnaryGrad;
  gradAbs: UnaryGrad;
  gradExp: UnaryGrad;
  gradExpm1: UnaryGrad;
  gradLog: UnaryGrad;
  gradLog1p: UnaryGrad;
  gradSqrt: UnaryGrad;
  gradRsqrt: UnaryGrad;
  gradReciprocal: UnaryGrad;
  gradSquare: UnaryGrad;
  gradSin: UnaryGrad;
  gradCos: UnaryGrad;
  gradTanh: UnaryGrad;
  gradSigmoid: UnaryGrad;
  gradLogSigmoid: UnaryGrad;
  gradSoftplus: UnaryGrad;
  gradRelu: UnaryGrad;
  gradLeakyRelu: UnaryGrad;
  gradElu: UnaryGrad;
  gradGelu: UnaryGrad;
  gradGeluTanh: UnaryGrad;
  gradSilu: UnaryGrad;
  gradErf: UnaryGrad;
  gradPowScalar: UnaryGrad;
  unaryNeg: Unary;
  unaryAbs: Unary;
  unarySign: Unary;
  unaryExp: Unary;
  unaryExpm1: Unary;
  unaryLog: Unary;
  unaryLog1p: Unary;
  unarySqrt: Unary;
  unaryRsqrt: Unary;
  unaryReciprocal: Unary;
  unarySquare: Unary;
  unarySin: Unary;
  unaryCos: Unary;
  unaryTanh: Unary;
  unarySigmoid: Unary;
  unaryLogSigmoid: Unary;
  unarySoftplus: Unary;
  unaryRelu: Unary;
  unaryLeakyRelu: Unary;
  unaryElu: Unary;
  unaryGelu: Unary;
  unaryGeluTanh: Unary;
  unarySilu: Unary;
  unaryErf: Unary;
  unaryPowScalar: Unary;
  unaryFloor: Unary;
  unaryCeil: Unary;
  unaryRound: Unary;
  unaryNegInt: Unary;
  unaryAbsInt: Unary;
  unarySignInt: Unary;
  unarySquareInt: Unary;
  packWinograd: PackWinograd;
  convolveWinograd: ConvolveWinograd;
}

/** Kernels that answer. */
export type AskedKernel =
  | "findNotFinite"
  | "encodeBlocks"
  | "compactRows"
  | "firstOutOfRange"
  | "checkPages"
  | "argRowsFloat"
  | "argRowsInt"
  | "argColumnsFloat"
  | "argColumnsInt"
  | "sortFloat"
  | "sortInt";

/** The lines of tables. */
export interface RecordFields {
  ArrayRecord: ArrayRecord;
  ParameterRecord: ParameterRecord;
  PackRecord: PackRecord;
  BlockRecord: BlockRecord;
}

export const RECORD_LAYOUTS: Readonly<Record<keyof RecordFields, string>> = {
  ArrayRecord: "iai",
  ParameterRecord: "iaaff",
  PackRecord: "aiiiiai",
  BlockRecord: "aiiaiiaiiiibiia",
};

export const CompactFormat = { bfloat16: 0, int8: 1, float16: 2, q4_0: 3, q5_0: 4, q4_k: 5, q5_k: 6, q6_k: 7 } as const;

export const ScatterMode = { set: 0, addFloat: 1, addInt: 2 } as const;

export const Conversion = { none: 0, intToFloat: 1, floatToInt: 2, floatToBool: 3, intToBool: 4 } as const;

export const Operand = { any: 0, packed: 1, rows: 2 } as const;

export const ElementType = { float32: 0, int32: 1, bool: 2 } as const;
