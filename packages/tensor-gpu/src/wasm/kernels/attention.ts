import type { AttentionOptions, Kernels } from "../../backend/kernels";
import type { View } from "../../backend/view";
import { TensorError } from "../../errors";
import type { Launcher } from "../launcher";
import { GRAIN } from "./product-list";
import { setInts } from "./slots";

// Slots as in assembly/attention-shape.as.
const SLOTS = { sizes: 11, scale: 17, options: 18, parts: 20, strides: 21, partSizes: 30 };
/** A row of scores must fit into a thread's work area. */
const MOST_KEYS = 131_000;
/** Parts that there should be at least, so that threads have something to share. */
const ENOUGH_PARTS = 16;

/** Number of parts of each head: by shape only, since in the gradient it decides in which order sums are made. */
function partsPerHead(pairs: number, blocks: number, work: number): number {
  const wanted = Math.ceil(ENOUGH_PARTS / pairs);
  return Math.max(1, Math.min(wanted, blocks, Math.floor((pairs * work) / GRAIN)));
}

export function attentionKernels(launcher: Launcher): Pick<Kernels, "attention" | "attentionGrad"> {
  const sizes = (q: View, v: View) => {
    const [batch = 0, queries = 0, heads = 0, d = 0] = q.shape;
    const [, keys = 0, keyHeads = 0, valueD = 0] = v.shape;
    if (keys > MOST_KEYS) {
      const message = `wasm/attention: at most ${MOST_KEYS} keys, got ${keys}`;
      throw new TensorError("ERR_RANGE", message, { keys });
    }
    return { batch, queries, heads, d, keys, keyHeads, valueD };
  };
  const write = (
    views: (View | null)[],
    [q, k, v]: [View, View, View],
    options: AttentionOptions,
  ) => {
    const { queries, keys, heads, keyHeads, d, valueD } = sizes(q, v);
    const { ints } = launcher;
    setInts(ints, 0, views.map(launcher.address));
    setInts(ints, SLOTS.sizes, [queries, keys, heads, keyHeads, d, valueD]);
    launcher.floats[SLOTS.scale] = options.scale;
    setInts(ints, SLOTS.options, [options.causal ? 1 : 0, options.queryOffset]);
    setInts(
      ints,
      SLOTS.strides,
      [q, k, v].flatMap((view) => view.strides.slice(0, 3)),
    );
  };
  return {
    attention(out, probs, lse, q, k, v, options) {
      if (out.size === 0) return;
      const { batch, queries, heads, d, keys, valueD } = sizes(q, v);
      write([out, probs, lse, q, k, v, options.keyMask], [q, k, v], options);
      const pairs = batch * heads;
      const work = queries * keys * (d + valueD);
      const parts = partsPerHead(pairs, Math.ceil(queries / 96), work);
      launcher.ints[SLOTS.parts] = parts;
      launcher.run("attention", pairs * parts, Math.ceil((GRAIN * parts) / Math.max(1, work)));
    },
    attentionGrad(dq, dk, dv, dout, out, probs, lse, q, k, v, options) {
      const { batch, queries, heads, d, keys, keyHeads, valueD } = sizes(q, v);
      const pairs = batch * keyHeads;
      if (pairs === 0) return;
      const turns = (heads / keyHeads) * Math.ceil(queries / 48);
      const work = (heads / keyHeads) * queries * keys * (d + valueD) * 2;
      const parts = partsPerHead(pairs, Math.ceil(turns / 2), work);
      const run = (sums: number) => {
        write([out, probs, lse, q, k, v, options.keyMask, dout, dq, dk, dv], [q, k, v], options);
        const { ints } = launcher;
        ints[SLOTS.parts] = parts;
        setInts(ints, SLOTS.partSizes, [dk.size, dv.size]);
        if (sums) setInts(ints, 9, [sums, sums + parts * dk.size * 4]);
        launcher.run(
          "attentionGrad",
          pairs * parts,
          Math.ceil((GRAIN * parts) / Math.max(1, work)),
        );
      };
      if (parts === 1) run(0);
      else {
        launcher.borrow(parts * (dk.size + dv.size) * 4, (sums) => {
          run(sums);
          const add = (total: View, from: number) => {
            setInts(launcher.ints, 0, [launcher.address(total), from, parts, total.size]);
            launcher.run("sumParts", Math.ceil(total.size / 256), Math.ceil(256 / parts));
          };
          add(dk, sums);
          add(dv, sums + parts * dk.size * 4);
        });
      }
    },
  };
}
