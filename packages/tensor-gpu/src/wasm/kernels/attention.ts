import type { AttentionOptions, Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { fail } from "../../errors";
import type { Address } from "../arguments";
import type { Attention } from "../generated/kernels";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { GRAIN } from "./product-list";
import { leadingStrides } from "./walk";

/** A row of scores must fit into a thread's work area. */
const MOST_KEYS = 131_000;
/** Minimum number of parts, so that there is work for all threads. */
const ENOUGH_PARTS = 16;

/** Number of parts per head. It depends on the shape only, since in the gradient it determines the order of summation. */
function partsPerHead(pairs: number, blocks: number, work: number): number {
  const wanted = Math.ceil(ENOUGH_PARTS / pairs);
  return Math.max(1, Math.min(wanted, blocks, Math.floor((pairs * work) / GRAIN)));
}

function sizesOf(q: View, v: View) {
  const [batch = 0, queries = 0, heads = 0, d = 0] = q.shape;
  const [, keys = 0, keyHeads = 0, valueD = 0] = v.shape;
  if (keys > MOST_KEYS) {
    const message = `wasm/attention: at most ${MOST_KEYS} keys, got ${keys}`;
    fail("ERR_RANGE", message, { keys });
  }
  return { batch, queries, heads, d, keys, keyHeads, valueD };
}

/** The arguments of the forward pass. Those of the backward pass begin with the same ones. */
function shared(
  [out, probs, lse]: (View | null)[],
  [q, k, v]: [View, View, View],
  { scale, causal, queryOffset, keyMask, segments = null }: AttentionOptions,
  parts: number,
): Attention {
  const { queries, keys, heads, keyHeads, d, valueD } = sizesOf(q, v);
  return [
    ...([out!, probs!, lse!, q, k, v, keyMask, segments] as const),
    ...([queries, keys, heads, keyHeads, d, valueD] as const),
    ...([scale, causal, queryOffset, parts] as const),
    ...leadingStrides(q),
    ...leadingStrides(k),
    ...leadingStrides(v),
  ];
}

export function attentionKernels(launcher: Launcher): Pick<Kernels, "attention" | "attentionGrad"> {
  launcher.need(more);
  return {
    attention(out, probs, lse, q, k, v, options) {
      if (out.size === 0) return;
      const { batch, queries, heads, d, keys, valueD } = sizesOf(q, v);
      const pairs = batch * heads;
      const work = queries * keys * (d + valueD);
      const parts = partsPerHead(pairs, Math.ceil(queries / 96), work);
      const args = shared([out, probs, lse], [q, k, v], options, parts);
      launcher.run(
        "attention",
        args,
        pairs * parts,
        Math.ceil((GRAIN * parts) / Math.max(1, work)),
      );
    },
    attentionGrad(dq, dk, dv, dout, out, probs, lse, q, k, v, options) {
      const { batch, queries, heads, d, keys, keyHeads, valueD } = sizesOf(q, v);
      const pairs = batch * keyHeads;
      if (pairs === 0) return;
      const turns = (heads / keyHeads) * Math.ceil(queries / 48);
      const work = (heads / keyHeads) * queries * keys * (d + valueD) * 2;
      const parts = partsPerHead(pairs, Math.ceil(turns / 2), work);
      const run = (toK: Address, toV: Address) => {
        const given = shared([out, probs, lse], [q, k, v], options, parts);
        launcher.run(
          "attentionGrad",
          [...given, dout, dq, toK, toV, dk.size, dv.size],
          pairs * parts,
          Math.ceil((GRAIN * parts) / Math.max(1, work)),
        );
      };
      if (parts === 1) run(dk, dv);
      else {
        launcher.borrow(parts * (dk.size + dv.size) * 4, (sums) => {
          const sumsOfV = sums + parts * dk.size * 4;
          run(sums, sumsOfV);
          const add = (total: View, from: number) => {
            const items = Math.ceil(total.size / 256);
            launcher.run(
              "sumParts",
              [total, from, parts, total.size],
              items,
              Math.ceil(256 / parts),
            );
          };
          add(dk, sums);
          add(dv, sumsOfV);
        });
      }
    },
  };
}
