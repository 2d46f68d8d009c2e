import { track, tracked, wantsGrad } from "../autograd/track";
import type { AttentionOptions } from "../backend/kernels";
import { withKernels } from "../backend/with-kernels";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { sameShape } from "../tensor/shape";
import { assertFinite } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { attentionKernels } from "../wasm/kernels/attention";
import { ropeKernels } from "../wasm/kernels/rope";
import { assertIndicesBelow } from "./index-tables";
import { assertFloat, assertIndex, assertTensors } from "./operands";
import { shapeError } from "./support";

export interface ScaledDotProductOptions {
  /** Query i sees keys j ≤ i + (keys − queries): the last query sees all keys. Default false. */
  isCausal?: boolean | undefined;
  /** Factor on the scores. Default 1/√d. */
  scale?: number | undefined;
  /** [batch, keys] int32 or bool; 0 hides a key. A query that sees no key gets zeros. */
  keyMask?: Tensor | null | undefined;
  /**
   * [batch, keys] int32: the number of the packed sequence that a key belongs to. A query sees only keys of its own
   * segment, which is that of key i + (keys − queries). Default: one segment.
   */
  segments?: Tensor | null | undefined;
}

/** Longest key axis for which the probabilities are kept for the backward pass. For a longer axis they are recomputed. */
const KEEP_PROBABILITIES_UP_TO = 512;

/** The tensor, copied unless its last axis has unit stride. */
const denseLast = (x: Tensor): Tensor =>
  x.strides.at(-1) === 1 || x.shape.at(-1) === 1 ? x : x.contiguous();

function checkHeads(q: Tensor, k: Tensor, v: Tensor): void {
  assertFloat("attention", q, k, v);
  const fits =
    q.rank === 4 &&
    k.rank === 4 &&
    v.rank === 4 &&
    q.shape[0] === k.shape[0] &&
    q.shape[0] === v.shape[0] &&
    k.shape[1] === v.shape[1] &&
    k.shape[2] === v.shape[2] &&
    q.shape[3] === k.shape[3] &&
    q.shape[2]! % k.shape[2]! === 0;
  if (!fits)
    shapeError(
      "attention",
      "q [batch, queries, heads, d], k [batch, keys, keyHeads, d], v [batch, keys, keyHeads, dv] with keyHeads dividing heads",
      q.shape,
      k.shape,
      v.shape,
    );
}

/** @throws {TensorError} unless the table holds whole numbers, one per key */
function checkTable(k: Tensor, name: string, table: Tensor): void {
  assertTensors("attention", k, table);
  if (table.dtype === "float32") fail("ERR_DTYPE", `attention: the ${name} must be bool or int32`);
  if (table.rank !== 2 || table.shape[0] !== k.shape[0] || table.shape[1] !== k.shape[1])
    shapeError("attention", `the ${name} must be [batch, keys]`, table.shape, k.shape);
}

function checkSegments(q: Tensor, k: Tensor, segments: Tensor): void {
  checkTable(k, "segments", segments);
  if (q.shape[1]! > k.shape[1]!)
    shapeError("attention", "with segments there must be a key for each query", q.shape, k.shape);
}

/**
 * softmax(scale·q·kᵀ)·v for every head, fused and blocked. Heads may share keys (grouped-query attention).
 * Note the layout: the sequence axis comes before the heads axis, so that projections need no transposition.
 *
 * @param q shape [batch, queries, heads, d]
 * @param k shape [batch, keys, keyHeads, d]; query head h reads key head ⌊h·keyHeads/heads⌋
 * @param v shape [batch, keys, keyHeads, dv]
 * @returns shape [batch, queries, heads, dv]
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` for a scale that is not a finite number
 * @see Vaswani et al. 2017, equation 1; Ainslie et al. 2023 for shared keys
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  given: ScaledDotProductOptions = {},
): Tensor {
  const {
    isCausal = false,
    scale,
    keyMask = null,
    segments = null,
    ...rest
  } = optionsOf("scaledDotProductAttention", given);
  refuseUnknown("scaledDotProductAttention", rest);
  checkHeads(q, k, v);
  const [batch, queries, heads, d] = q.shape as [number, number, number, number];
  const keys = k.shape[1]!;
  if (scale !== undefined) assertFinite("attention", "scale", scale);
  if (keyMask !== null) checkTable(k, "key mask", keyMask);
  if (segments !== null) checkSegments(q, k, segments);
  const backend = withKernels(q.storage.backend, "attention", attentionKernels);
  const mask = keyMask?.contiguous() ?? null;
  const segment = segments?.contiguous() ?? null;
  const options: AttentionOptions = {
    scale: scale ?? 1 / Math.sqrt(d),
    causal: isCausal,
    queryOffset: keys - queries,
    keyMask: mask,
    segments: segment,
  };
  const [dq, dk, dv] = [denseLast(q), denseLast(k), denseLast(v)];
  const out = allocate("attention", [batch, queries, heads, v.shape[3]!], "float32", backend);
  const recorded = wantsGrad([q, k, v]);
  const probs =
    recorded && keys <= KEEP_PROBABILITIES_UP_TO
      ? allocate("attention", [batch, heads, queries, keys], "float32", backend)
      : null;
  const lse =
    recorded && !probs ? allocate("attention", [batch, heads, queries], "float32", backend) : null;
  backend.kernels.attention(out, probs, lse, dq, dk, dv, options);
  track("attention", [out], [q, k, v], (hold) => {
    const held = {
      q: hold(dq),
      k: hold(dk),
      v: hold(dv),
      out: hold(out),
      probs: probs && hold(probs),
      lse: lse && hold(lse),
    };
    const saved = {
      ...options,
      keyMask: mask && hold(mask),
      segments: segment && hold(segment),
    };
    return ([gradient]) => {
      const grads = [held.q, held.k, held.v].map((x) =>
        allocate("attention", x.shape, "float32", backend),
      ) as [Tensor, Tensor, Tensor];
      backend.kernels.attentionGrad(
        ...grads,
        gradient!.contiguous(),
        held.out,
        held.probs,
        held.lse,
        held.q,
        held.k,
        held.v,
        saved,
      );
      return grads;
    };
  });
  return out;
}

export interface RopeOptions {
  /** If true, pair i is (2i, 2i+1) (DeepSeek-V2, llama2.c), else (i, i + d/2) (Llama in Hugging Face files). */
  interleaved?: boolean | undefined;
}

/**
 * Rotary position embedding: rotates each pair of elements of a head by the angle of its position.
 *
 * @param x shape [batch, seq, heads, d], d even
 * @param cos shape [positions, d/2]
 * @param sin shape [positions, d/2]
 * @param positions int32, shape [batch, seq]
 * @throws {TensorError} `ERR_SHAPE`, or `ERR_RANGE` for a position beyond the tables
 * @see Su et al. 2021, equation 34
 */
export function rope(
  x: Tensor,
  cos: Tensor,
  sin: Tensor,
  positions: Tensor,
  options: RopeOptions = {},
): Tensor {
  const { interleaved = false, ...rest } = optionsOf("rope", options);
  refuseUnknown("rope", rest);
  assertFloat("rope", x, cos, sin);
  assertIndex("rope", x, positions);
  if (
    x.rank !== 4 ||
    cos.rank !== 2 ||
    !sameShape(cos.shape, sin.shape) ||
    cos.shape[1] !== x.shape[3]! / 2 ||
    positions.size !== x.shape[0]! * x.shape[1]!
  )
    shapeError(
      "rope",
      "x [batch, seq, heads, d] needs two tables [positions, d/2] and positions [batch, seq]",
      x.shape,
      cos.shape,
      sin.shape,
      positions.shape,
    );
  const places = positions.contiguous();
  assertIndicesBelow("rope", places, cos.shape[0]!);
  const backend = withKernels(x.storage.backend, "rope", ropeKernels);
  type Tables = [cos: Tensor, sin: Tensor, at: Tensor];
  const rotate = (input: Tensor, tables: Tables, inverse: boolean) => {
    const out = allocate("rope", input.shape, "float32", backend);
    backend.kernels.rope(out, denseLast(input), ...tables, interleaved, inverse);
    return out;
  };
  const tables: Tables = [cos.contiguous(), sin.contiguous(), places];
  return tracked("rope", rotate(x, tables, false), [x], (hold) => {
    const held = tables.map(hold) as Tables;
    return (dy) => [rotate(dy, held, true)];
  });
}
