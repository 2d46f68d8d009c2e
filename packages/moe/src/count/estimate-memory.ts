import {
  boolean,
  type Given,
  nested,
  options,
  real,
  required,
  type Settled,
  whole,
} from "@deepgrain/support/schema";
import { check, having, read } from "../errors";
import { countParameters, type ParameterCount } from "./count-parameters";
import { expertLayers, headWidths, type ModelShape } from "./model-shape";

const BYTES = 4; // float32 and int32 alike
/**
 * Up to this number of keys, the engine keeps attention probabilities for the backward pass; above it, one number per
 * row.
 */
const KEPT_PROBABILITIES = 512;

const trainedPart = options({
  /** Routed experts per mixture layer (the mean, if it differs); all by default. */
  experts: real({ min: 0 }),
  sharedExperts: boolean(true),
  /** Embeddings, attention, norms, routers, dense layers. */
  others: boolean(true),
});

const memoryRun = options({
  /** Sequences per step. */
  batch: required(whole({ min: 1 })),
  sequenceLength: required(whole({ min: 1 })),
  /** Values that the optimiser stores per trained parameter: AdamW 2, SGD with momentum 1, plain SGD 0. */
  optimizerStates: whole({ min: 0 }, 2),
  /** Bytes of each of them; AdamW with `moments: "int8"` uses about 1. */
  stateBytes: real({ min: 0 }, BYTES),
  /** Whether blocks keep only their input and run again in the backward pass. */
  gradientCheckpointing: boolean(false),
  /** Maximum number of logits in memory at once; more are computed in chunks. By default all of the step. */
  logitsAtOnce: whole({ min: 1 }),
  /** The trained part; everything by default. */
  trained: nested(trainedPart),
});

/** The settings of a training run that affect memory. */
export interface MemoryRun extends Given<typeof memoryRun> {}

type Run = Settled<typeof memoryRun>;

/** Bytes of each kind, in float32. */
export interface MemoryEstimate {
  parameters: number;
  gradients: number;
  optimizer: number;
  /** The tensors on the tape at the end of the forward pass, and the gradient of the logits. */
  activations: number;
  total: number;
}

/** Sizes of one mixture layer. */
export interface LayerSizes {
  hiddenSize: number;
  expertSize: number;
  experts: number;
  topK: number;
  sharedExperts?: number | undefined;
}

/**
 * Bytes that one mixture layer keeps for its backward pass, its input included: scores [T, N'], four tables [T, K'], the
 * sorted rows and the experts' results [T·K', 2d + 3f], the shared network's [T, 3·Ks·f].
 * @param tokens T, at least 0
 * @throws {MoeError} `ERR_RANGE`
 */
export function layerActivationBytes(sizes: LayerSizes, tokens: number): number {
  check("layerActivationBytes", "tokens", tokens, whole({ min: 0 }));
  const { hiddenSize: d, expertSize: f, experts, topK, sharedExperts = 0 } = sizes;
  const routed = experts + topK * (4 + 2 * d + 3 * f);
  return BYTES * tokens * (d + routed + 3 * sharedExperts * f);
}

/** Bytes of the blocks' activations apart from feed-forward layers. */
function attentionActivations(shape: ModelShape, { batch, sequenceLength }: Run): number {
  const { attention, hiddenSize: d, layers } = shape;
  const { query, value } = headWidths(shape);
  const keyValue =
    attention.kind === "full"
      ? 2 * attention.keyValueHeads * attention.headSize
      : query + value + attention.keyValueRank + (attention.queryRank ?? 0);
  const perRow = sequenceLength <= KEPT_PROBABILITIES ? sequenceLength : 1;
  // Two residual states and the normed input; queries, keys, values; the heads' results; probabilities.
  const numbers = 3 * d + query + keyValue + value + attention.heads * perRow;
  return BYTES * batch * sequenceLength * layers * numbers;
}

function feedForwardActivations(shape: ModelShape, tokens: number): number {
  const { experts, hiddenSize, denseSize, layers } = shape;
  const mixtures = expertLayers(shape);
  const dense = BYTES * tokens * (hiddenSize + 3 * denseSize);
  if (!experts) return layers * dense;
  const { routed, topK, shared, size } = experts;
  const sizes = { hiddenSize, expertSize: size, experts: routed, topK, sharedExperts: shared };
  return mixtures * layerActivationBytes(sizes, tokens) + (layers - mixtures) * dense;
}

function trainedParameters(
  count: ParameterCount,
  { experts }: ModelShape,
  trained: Run["trained"],
): number {
  if (!trained) return count.total;
  const { experts: chosen = experts?.routed ?? 0, sharedExperts, others } = trained;
  const routed = experts ? count.routedExperts * (chosen / experts.routed) : 0;
  const rest = count.total - count.routedExperts - count.sharedExperts;
  return routed + (sharedExperts ? count.sharedExperts : 0) + (others ? rest : 0);
}

/** Activations that all blocks keep; with checkpointing, each block keeps its input, and one block at a time the rest. */
function blockActivations(shape: ModelShape, run: Run): number {
  const tokens = run.batch * run.sequenceLength;
  const all = attentionActivations(shape, run) + feedForwardActivations(shape, tokens);
  if (!run.gradientCheckpointing) return all;
  return BYTES * tokens * shape.hiddenSize * shape.layers + all / shape.layers;
}

/**
 * The memory of a training step, before anything is allocated: parameters, gradients and optimiser state exactly, activations
 * as this engine's tape holds them. Temporary buffers of kernels come on top.
 *
 * @throws {MoeError} `ERR_RANGE` for sizes below 1 or more trained experts than there are
 */
export function estimateMemory(shape: ModelShape, run: MemoryRun): MemoryEstimate {
  const settings = read(memoryRun, "estimateMemory", run);
  having("estimateMemory", "shape", shape, "layers", "hiddenSize");
  const { batch, sequenceLength, optimizerStates, stateBytes, trained, logitsAtOnce } = settings;
  const routed = shape.experts?.routed ?? 0;
  const share = trained?.experts ?? 0;
  check("estimateMemory", "trained.experts", share, real({ min: 0, max: routed }));
  const count = countParameters(shape);
  const tokens = batch * sequenceLength;
  const numbers = trainedParameters(count, shape, trained);
  const parts = {
    parameters: BYTES * count.total,
    gradients: BYTES * numbers,
    optimizer: optimizerStates * stateBytes * numbers,
    activations:
      blockActivations(shape, settings) +
      2 * BYTES * tokens * shape.hiddenSize +
      2 * BYTES * Math.min(logitsAtOnce ?? Infinity, tokens * shape.vocabulary),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { ...parts, total };
}
