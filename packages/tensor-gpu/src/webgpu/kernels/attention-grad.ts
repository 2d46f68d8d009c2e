import type { View } from "../../backend/view";
import { launchAttention } from "../attention/launch-attention";
import { elementGroups, type Launcher, type OnLauncher, perElement } from "../launcher";

/** delta [batch, heads, queries] = Σ dout · out over each vector. */
function rowProducts(launcher: Launcher, delta: View, dout: View, out: View): void {
  const [batch = 0, queries = 0, heads = 0, width = 0] = out.shape;
  const rows = batch * queries * heads;
  launcher.launch({
    key: "attention deltas",
    views: { delta, dout, y: out },
    writes: ["delta"],
    numbers: { n: rows, queries, heads, width },
    body: () =>
      perElement(`let query = i % a.queries;
  let pair = i / a.queries;
  let first = ((pair / a.heads * a.queries + query) * a.heads + pair % a.heads) * a.width;
  var value = 0.0;
  for (var c = 0u; c < a.width; c++) { value += dout_at(first + c) * y_at(first + c); }
  delta_put(i, value);`),
    groups: elementGroups(rows),
    work: { flop: 2 * out.size, bytesRead: 8 * out.size, bytesWritten: 4 * rows },
  });
}

/** @see Dao et al. 2022, "FlashAttention", appendix B.2 */
export const attentionGrad: OnLauncher["attentionGrad"] = (
  launcher,
  dq,
  dk,
  dv,
  dout,
  out,
  probs,
  lse,
  q,
  k,
  v,
  options,
) => {
  const [batch = 0, queries = 0, heads = 0] = q.shape;
  launcher.scratch(Math.max(1, batch * queries * heads), (delta) => {
    if (out.size > 0) rowProducts(launcher, delta, dout, out);
    const operands = { q, k, v, dout, delta, probs, lse };
    launchAttention(launcher, "dv", dv, operands, options);
    launchAttention(launcher, "dq", dq, operands, options);
    launchAttention(launcher, "dk", dk, operands, options);
  });
};
