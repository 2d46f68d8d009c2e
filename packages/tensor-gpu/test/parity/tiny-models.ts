import * as dg from "../../src";
import { seededRandom, uniforms } from "../conformance/suite/numbers";

/** A model: its loss on a batch, and what trains. */
export interface TinyModel {
  parameters: dg.Tensor[];
  /** Tensors of its own that do not train. */
  tables: dg.Tensor[];
  /** @param ids int32 [batch, length + 1]: tokens, each to be followed by the next. Returns a scalar. */
  loss(ids: dg.Tensor): dg.Tensor;
}

export const VOCABULARY = 13;
export const LENGTH = 11;
const [HEADS, LAYERS] = [2, 2];
/** Small enough for a software renderer. */
const TINY_WIDTH = 16;

/** Parameters by name: the same bits on every backend, since none of its kernels draws them. */
function weights() {
  const parameters: dg.Tensor[] = [];
  const add = (shape: number[], values: number[]) => {
    const leaf = dg.tidy(() => dg.tensor(values).reshape(shape).requireGrad());
    parameters.push(leaf);
    return leaf;
  };
  const drawn = (name: string, shape: number[], scale = 0.3) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return add(shape, uniforms(seededRandom(name), size, -scale, scale));
  };
  const ones = (n: number) => add([n], new Array(n).fill(1));
  const zeros = (n: number) => add([n], new Array(n).fill(0));
  return { parameters, drawn, ones, zeros };
}

function split(ids: dg.Tensor): { inputs: dg.Tensor; targets: dg.Tensor; batch: number } {
  const [batch, length] = ids.shape as [number, number];
  const inputs = ids.narrow(1, 0, length - 1).contiguous();
  const targets = ids
    .narrow(1, 1, length - 1)
    .contiguous()
    .reshape([batch * (length - 1)]);
  return { inputs, targets, batch };
}

/** GPT-2's block: learned positions, layer norm, biased projections, causal heads out of one product, GELU, dropout. */
export function tinyGpt(width = TINY_WIDTH, dropout = 0.1): TinyModel {
  const { parameters, drawn, ones, zeros } = weights();
  const tokens = drawn("tokens", [VOCABULARY, width]);
  const places = drawn("places", [LENGTH, width]);
  const blocks = Array.from({ length: LAYERS }, (_, i) => ({
    norm1: [ones(width), zeros(width)] as const,
    qkv: [drawn(`qkv ${i}`, [3 * width, width]), zeros(3 * width)] as const,
    project: [drawn(`project ${i}`, [width, width]), zeros(width)] as const,
    norm2: [ones(width), zeros(width)] as const,
    up: [drawn(`up ${i}`, [4 * width, width]), zeros(4 * width)] as const,
    down: [drawn(`down ${i}`, [width, 4 * width]), zeros(width)] as const,
  }));
  const last = [ones(width), zeros(width)] as const;
  const generator = new dg.Generator(7);

  const attend = (x: dg.Tensor, batch: number) => {
    const heads = x.reshape([batch, LENGTH, 3 * HEADS, width / HEADS]);
    const [q, k, v] = heads.split([HEADS, HEADS, HEADS], 2);
    const out = dg.scaledDotProductAttention(q!, k!, v!, { isCausal: true });
    return out.reshape([batch, LENGTH, width]);
  };
  return {
    parameters,
    tables: [],
    loss(ids) {
      const { inputs, targets, batch } = split(ids);
      let x = dg.embedding(tokens, inputs).add(places);
      for (const block of blocks) {
        const mixed = attend(dg.linear(dg.layerNorm(x, ...block.norm1), ...block.qkv), batch);
        x = x.add(dg.dropout(dg.linear(mixed, ...block.project), dropout, { generator }));
        const wide = dg.gelu(dg.linear(dg.layerNorm(x, ...block.norm2), ...block.up), {
          approximate: "tanh",
        });
        x = x.add(dg.dropout(dg.linear(wide, ...block.down), dropout, { generator }));
      }
      const logits = dg.linear(dg.layerNorm(x, ...last), tokens);
      return dg.crossEntropy(logits.reshape([batch * LENGTH, VOCABULARY]), targets);
    },
  };
}

const [EXPERTS, CHOICES, EXPERT_WIDTH] = [4, 2, 12];

function rotations(head: number): [dg.Tensor, dg.Tensor] {
  const angle = (i: number) => Math.floor(i / (head / 2)) / 100 ** ((i % (head / 2)) / (head / 2));
  const table = (f: (x: number) => number) => {
    const values = Float32Array.from({ length: (LENGTH * head) / 2 }, (_, i) => f(angle(i)));
    return dg.tidy(() => dg.keep(dg.tensor(values).reshape([LENGTH, head / 2])));
  };
  return [table(Math.cos), table(Math.sin)];
}

/** A block of DeepSeekMoE's kind: RMS norm, rotary positions, shared key heads, experts with SwiGLU chosen by top-k. */
export function tinyMoe(width = TINY_WIDTH): TinyModel {
  const head = width / HEADS;
  const { parameters, drawn, ones } = weights();
  const tokens = drawn("tokens", [VOCABULARY, width]);
  const output = drawn("head", [VOCABULARY, width]);
  const blocks = Array.from({ length: LAYERS }, (_, i) => ({
    norm1: ones(width),
    q: drawn(`q ${i}`, [width, width]),
    kv: drawn(`kv ${i}`, [2 * head, width]),
    project: drawn(`project ${i}`, [width, width]),
    norm2: ones(width),
    gate: drawn(`gate ${i}`, [EXPERTS, width], 1),
    up: drawn(`up ${i}`, [EXPERTS, 2 * EXPERT_WIDTH, width]),
    down: drawn(`down ${i}`, [EXPERTS, width, EXPERT_WIDTH]),
  }));
  const last = ones(width);
  const [cos, sin] = rotations(head);
  type Block = (typeof blocks)[number];

  const attend = (x: dg.Tensor, block: Block, batch: number, positions: dg.Tensor) => {
    const q = dg.linear(x, block.q).reshape([batch, LENGTH, HEADS, head]);
    const [k, v] = dg.linear(x, block.kv).reshape([batch, LENGTH, 2, head]).split([1, 1], 2);
    const turn = (part: dg.Tensor) => dg.rope(part, cos, sin, positions);
    const out = dg.scaledDotProductAttention(turn(q), turn(k!), v!, { isCausal: true });
    return dg.linear(out.reshape([batch, LENGTH, width]), block.project);
  };
  const mixExperts = (x: dg.Tensor, block: Block) => {
    const scores = dg.softmax(dg.linear(x, block.gate));
    const ids = dg.noGrad(() => scores.detach().topk(CHOICES).indices);
    const plan = dg.planExperts(ids, EXPERTS);
    const hidden = dg.swigluPacked(dg.groupedLinear(dg.dispatch(x, plan), block.up, plan.offsets));
    const rows = dg.groupedLinear(hidden, block.down, plan.offsets);
    return dg.combineExperts(rows, scores.gather(-1, ids), plan);
  };
  return {
    parameters,
    tables: [cos, sin],
    loss(ids) {
      const { inputs, targets, batch } = split(ids);
      const at = Int32Array.from({ length: batch * LENGTH }, (_, i) => i % LENGTH);
      const positions = dg.tensor(at).reshape([batch, LENGTH]);
      let x = dg.embedding(tokens, inputs);
      for (const block of blocks) {
        x = x.add(attend(dg.rmsNorm(x, block.norm1), block, batch, positions));
        const flat = dg.rmsNorm(x, block.norm2).reshape([batch * LENGTH, width]);
        x = x.add(mixExperts(flat, block).reshape(x.shape));
      }
      const logits = dg.linear(dg.rmsNorm(x, last), output);
      return dg.crossEntropy(logits.reshape([batch * LENGTH, VOCABULARY]), targets);
    },
  };
}
