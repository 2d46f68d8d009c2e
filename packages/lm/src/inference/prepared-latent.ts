import { cat, copy_, inference, matmul, rope, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { LatentAttention } from "../model/latent-attention";
import type { PreparedAttention } from "./prepared-attention";
import { asWritten } from "./prepared-layers";
import type { Step } from "./step";

/** Queries lifted to the latents' width, and this step's latents beside their rotated keys. */
function latentHeads(attention: LatentAttention, x: Tensor, step: Step) {
  const { heads, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = attention._sizes;
  const rows = x.shape[0]!;
  const positions = step.pages(attention._layer).rows.select(1, 1).contiguous().reshape([1, rows]);
  const { cos, sin, interleaved } = attention._rotary.tablesFor(step.positionLimit);
  const rotate = (part: Tensor) =>
    rope(part.unsqueeze(0), cos, sin, positions, { interleaved }).squeeze(0);
  const { queryNope, queryRope } = attention.queries(x.unsqueeze(0));
  const [compressed, rotary] = attention.kvAProjWithMqa
    .forward(x)
    .split([kvLoraRank, qkRopeHeadDim]) as [Tensor, Tensor];
  const latent = attention.kvALayernorm.forward(compressed).unsqueeze(1);
  const key = cat([latent, rotate(rotary.unsqueeze(1))], -1);
  const [keyUp, valueUp] = attention.kvBProj.weight
    .detach()
    .reshape([heads, qkNopeHeadDim + vHeadDim, kvLoraRank])
    .split([qkNopeHeadDim, vHeadDim], 1) as [Tensor, Tensor];
  // [heads, rows, nope]·[heads, nope, rank] -> [rows, heads, rank]
  const lifted = matmul(queryNope.squeeze(0).transpose(0, 1), keyUp).transpose(0, 1);
  const query = cat([lifted, rotate(queryRope.squeeze(0))], -1);
  return { query, key, valueUp };
}

/**
 * Latent attention on the latents themselves: q̃ = U_Kᵀ·q, o = U_V·Σ p·latent. One shared key head per layer is kept,
 * whose first part serves as the value.
 * @see DeepSeek-V2 2024, section 2.1
 */
export function prepareLatentAttention(attention: LatentAttention): PreparedAttention {
  const { heads, kvLoraRank, qkRopeHeadDim, vHeadDim, scale } = attention._sizes;
  const toOut = asWritten(attention.oProj);
  return {
    shape: { keyHeads: 1, keySize: kvLoraRank + qkRopeHeadDim, valueSize: null },
    run(out, x, step, accumulate) {
      const mixed = step.space.get("mixed", heads * vHeadDim);
      tidy(() => {
        const { query, key, valueUp } = latentHeads(attention, x, step);
        const pages = step.pages(attention._layer);
        inference.storePages(null, key.contiguous(), null, pages, null);
        const latents = step.space.get("latents", heads, kvLoraRank);
        inference.attendPages(latents, query.contiguous(), pages, { scale });
        // [heads, rows, rank]·[heads, rank, v] -> [rows, heads, v]
        const values = matmul(latents.transpose(0, 1), valueUp.transpose(-1, -2)).transpose(0, 1);
        copy_(mixed, values.reshape(mixed.shape));
      });
      toOut(out, mixed, accumulate);
    },
  };
}
