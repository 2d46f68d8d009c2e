import * as dg from "../../src";
import { seededRandom, uniforms } from "../conformance/suite/numbers";
import { LENGTH, type TinyModel, VOCABULARY } from "./tiny-models";

/** Llama's block: RMS norm, rotary positions, no biases, a feed-forward layer with SwiGLU. */
export function tinyLlama(width = 16, layers = 2, heads = 2): TinyModel {
  const [head, wide] = [width / heads, 2 * width];
  const parameters: dg.Tensor[] = [];
  const leaf = (values: number[], shape: number[]) => {
    const made = dg.tidy(() => dg.tensor(values).reshape(shape).requireGrad());
    parameters.push(made);
    return made;
  };
  const drawn = (name: string, rows: number, columns: number) => {
    const scale = 1 / Math.sqrt(columns);
    return leaf(uniforms(seededRandom(name), rows * columns, -scale, scale), [rows, columns]);
  };
  const ones = () => leaf(new Array(width).fill(1), [width]);
  const tokens = drawn("tokens", VOCABULARY, width);
  const output = drawn("head", VOCABULARY, width);
  const blocks = Array.from({ length: layers }, (_, i) => ({
    norm1: ones(),
    q: drawn(`q ${i}`, width, width),
    k: drawn(`k ${i}`, width, width),
    v: drawn(`v ${i}`, width, width),
    project: drawn(`project ${i}`, width, width),
    norm2: ones(),
    gate: drawn(`gate ${i}`, wide, width),
    up: drawn(`up ${i}`, wide, width),
    down: drawn(`down ${i}`, width, wide),
  }));
  const last = ones();
  const half = head / 2;
  const table = (f: (x: number) => number) => {
    const angle = (i: number) => Math.floor(i / half) / 100 ** ((i % half) / half);
    const values = Float32Array.from({ length: LENGTH * half }, (_, i) => f(angle(i)));
    return dg.tidy(() => dg.keep(dg.tensor(values).reshape([LENGTH, half])));
  };
  const [cos, sin] = [table(Math.cos), table(Math.sin)];
  return {
    parameters,
    tables: [cos, sin],
    loss(ids) {
      const [batch] = ids.shape as [number, number];
      const inputs = ids.narrow(1, 0, LENGTH).contiguous();
      const targets = ids.narrow(1, 1, LENGTH).contiguous();
      const at = Int32Array.from({ length: batch * LENGTH }, (_, i) => i % LENGTH);
      const positions = dg.tensor(at).reshape([batch, LENGTH]);
      const split = (x: dg.Tensor) => x.reshape([batch, LENGTH, heads, head]);
      const turn = (x: dg.Tensor) => dg.rope(split(x), cos, sin, positions);
      let x = dg.embedding(tokens, inputs);
      for (const block of blocks) {
        const y = dg.rmsNorm(x, block.norm1);
        const [q, k] = [turn(dg.linear(y, block.q)), turn(dg.linear(y, block.k))];
        const v = split(dg.linear(y, block.v));
        const mixed = dg.scaledDotProductAttention(q, k, v, { isCausal: true });
        x = x.add(dg.linear(mixed.reshape(x.shape), block.project));
        const z = dg.rmsNorm(x, block.norm2);
        x = x.add(
          dg.linear(dg.swiglu(dg.linear(z, block.gate), dg.linear(z, block.up)), block.down),
        );
      }
      const logits = dg.linear(dg.rmsNorm(x, last), output);
      return dg.crossEntropy(
        logits.reshape([batch * LENGTH, VOCABULARY]),
        targets.reshape([batch * LENGTH]),
      );
    },
  };
}
