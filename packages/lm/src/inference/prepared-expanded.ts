import { copy_, inference, type Tensor } from "@deepgrain/tensor-gpu";
import type { LatentAttention } from "../model/latent-attention";
import { onwardRows, type PreparedAttention } from "./prepared-attention";
import {
  prepareLinear,
  prepareLinearPart,
  prepareNorm,
  prepareQueries,
  type Release,
} from "./prepared-layers";
import { onwardStep } from "./step";
import type { Workspace } from "./workspace";

/**
 * Latent attention computed naively: the keys and values of all heads are rebuilt once per token and cached, as in attention
 * with heads.
 * @see DeepSeek-V2 2024, equations 37 to 47
 */
export function prepareExpandedAttention(
  attention: LatentAttention,
  release: Release,
): PreparedAttention {
  const { heads, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim, scale } = attention._sizes;
  const size = qkNopeHeadDim + qkRopeHeadDim;
  const { kvAProjWithMqa, kvBProj } = attention;
  const toQuery = prepareQueries(attention, release);
  const toLatent = prepareLinearPart(kvAProjWithMqa, 0, kvLoraRank, release);
  const toRope = prepareLinearPart(kvAProjWithMqa, kvLoraRank, qkRopeHeadDim, release);
  const norm = prepareNorm(attention.kvALayernorm, release);
  const toHeads = prepareLinear(kvBProj, release);
  const toOut = prepareLinear(attention.oProj, release);

  /** Queries, and this step's keys and values of all heads. */
  const project = (x: Tensor, space: Workspace) => {
    const query = space.get("query", heads, size);
    const [key, value] = [space.get("key", heads, size), space.get("value", heads, vHeadDim)];
    const [latent, turning] = [
      space.get("latent", kvLoraRank),
      space.get("turning", qkRopeHeadDim),
    ];
    const both = space.get("expanded", heads, qkNopeHeadDim + vHeadDim);
    toQuery(space.view("query rows", query, [-1, heads * size]), x, space);
    toLatent(latent, x);
    norm(latent, latent, space);
    toRope(turning, x);
    toHeads(space.view("expanded rows", both, [-1, heads * (qkNopeHeadDim + vHeadDim)]), latent);
    const part = (name: string, of: Tensor, from: number, count: number) =>
      space.made(`${name} ${from}`, () => of.narrow(-1, from, count));
    copy_(part("key", key, 0, qkNopeHeadDim), part("expanded", both, 0, qkNopeHeadDim));
    copy_(value, part("expanded", both, qkNopeHeadDim, vHeadDim));
    const shared = space.made("turning heads", () =>
      turning.reshape([-1, 1, qkRopeHeadDim]).expand([space.rows, heads, qkRopeHeadDim]),
    );
    copy_(part("key", key, qkNopeHeadDim, qkRopeHeadDim), shared);
    return { query, key, value };
  };

  return {
    shape: { keyHeads: heads, keySize: size, valueSize: vHeadDim },
    run(out, x, step, accumulate) {
      const { query, key, value } = project(x, step.space);
      const angles = attention._rotary.tablesFor(step.positionLimit);
      inference.storePages(query, key, value, step.pages(attention._layer), angles);
      const after = onwardStep(step);
      const asking = step.onward
        ? step.onward.step.space.view(
            "query heads",
            onwardRows(
              "query",
              step.space.view("query rows", query, [-1, heads * size]),
              step.onward,
            ),
            [-1, heads, size],
          )
        : query;
      const mixed = after.space.get("mixed", heads, vHeadDim);
      inference.attendPages(mixed, asking, after.pages(attention._layer), { scale });
      toOut(out, after.space.view("mixed rows", mixed, [-1, heads * vHeadDim]), accumulate);
    },
  };
}
