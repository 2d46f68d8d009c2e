import { copy_, inference, type nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type { LatentAttention } from "../model/latent-attention";
import { onwardRows, type PreparedAttention } from "./prepared-attention";
import {
  isChanged,
  prepared,
  prepareLinear,
  prepareLinearPart,
  prepareNorm,
  prepareQueries,
  type Release,
} from "./prepared-layers";
import { type Onward, onwardStep } from "./step";
import type { Workspace } from "./workspace";

/** The weight of a layer including its adapters, computed by applying the layer to the unit vectors. */
function effectiveWeight(layer: nn.Linear, release: Release): Tensor {
  if (!isChanged(layer)) return layer.weight;
  const size = layer.weight.shape[1]!;
  const unit = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  return prepared(release, () =>
    layer
      .forward(tensor(unit, { shape: [size, size] }))
      .transpose()
      .contiguous(),
  );
}

/** The queries [rows, heads, size] of the rows that go on. */
function onwardQueries(query: Tensor, space: Workspace, onward: Onward): Tensor {
  const [, heads, size] = query.shape as [number, number, number];
  const rows = space.view("latent query rows", query, [-1, heads * size]);
  const chosen = onwardRows("latent query", rows, onward);
  return onward.step.space.view("latent query heads", chosen, [-1, heads, size]);
}

/**
 * Latent attention computed directly on the latents: q̃ = U_Kᵀ·q, o = U_V·Σ p·latent. Each layer caches one shared key
 * head, whose first part is also the value.
 * @see DeepSeek-V2 2024, section 2.1
 */
export function prepareLatentAttention(
  attention: LatentAttention,
  release: Release,
): PreparedAttention {
  const { heads, kvLoraRank: rank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = attention._sizes;
  const { scale } = attention._sizes;
  const [keySize, querySize] = [rank + qkRopeHeadDim, qkNopeHeadDim + qkRopeHeadDim];
  const { kvAProjWithMqa, kvBProj } = attention;
  const toQuery = prepareQueries(attention, release);
  const toLatent = prepareLinearPart(kvAProjWithMqa, 0, rank, release);
  const toRope = prepareLinearPart(kvAProjWithMqa, rank, qkRopeHeadDim, release);
  const norm = prepareNorm(attention.kvALayernorm, release);
  const up = effectiveWeight(kvBProj, release);
  const both = () => up.detach().reshape([heads, qkNopeHeadDim + vHeadDim, rank]);
  const keyUp = prepared(release, () => both().narrow(1, 0, qkNopeHeadDim));
  const valueUp = prepared(release, () => both().narrow(1, qkNopeHeadDim, vHeadDim).transpose());
  const toOut = prepareLinear(attention.oProj, release);

  /** Queries projected to the latents' width, and this step's latents, each next to its rotary part. */
  const project = (x: Tensor, space: Workspace) => {
    const raw = space.get("raw query", heads, querySize);
    const query = space.get("latent query", heads, keySize);
    const key = space.get("latent key", 1, keySize);
    const [latent, turning] = [space.get("latent", rank), space.get("turning", qkRopeHeadDim)];
    toQuery(space.view("raw query rows", raw, [-1, heads * querySize]), x, space);
    toLatent(latent, x);
    norm(latent, latent, space);
    toRope(turning, x);
    const last = (name: string, of: Tensor, from: number, size: number) =>
      space.made(`${name} ${from}`, () => of.narrow(-1, from, size));
    inference.perHeadInto(
      last("latent query", query, 0, rank),
      last("raw query", raw, 0, qkNopeHeadDim),
      keyUp,
    );
    copy_(
      last("latent query", query, rank, qkRopeHeadDim),
      last("raw query", raw, qkNopeHeadDim, qkRopeHeadDim),
    );
    copy_(last("latent key", key, 0, rank), space.view("latent head", latent, [-1, 1, rank]));
    copy_(
      last("latent key", key, rank, qkRopeHeadDim),
      space.view("turning head", turning, [-1, 1, qkRopeHeadDim]),
    );
    return { query, key };
  };

  return {
    shape: { keyHeads: 1, keySize, valueSize: null },
    run(out, x, step, accumulate) {
      const { query, key } = project(x, step.space);
      const angles = attention._rotary.tablesFor(step.positionLimit);
      inference.storePages(query, key, null, step.pages(attention._layer), angles);
      const after = onwardStep(step);
      const { space } = after;
      const latents = space.get("latents", heads, rank);
      const asking = step.onward ? onwardQueries(query, step.space, step.onward) : query;
      inference.attendPages(latents, asking, after.pages(attention._layer), { scale });
      const mixed = space.get("mixed", heads * vHeadDim);
      inference.perHeadInto(
        space.view("mixed heads", mixed, [-1, heads, vHeadDim]),
        latents,
        valueUp,
      );
      toOut(out, mixed, accumulate);
    },
  };
}
