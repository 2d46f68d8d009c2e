import type { View } from "../../backend/view";
import { launchAttention } from "../attention/launch-attention";
import type { Launcher, OnLauncher } from "../launcher";
import { launchPlaces } from "./each-place";

/** delta [batch, heads, queries] = Σ dout · out over each vector. */
function rowProducts(launcher: Launcher, delta: View, dout: View, out: View): void {
  const [batch = 0, queries = 0, heads = 0, width = 0] = out.shape;
  const rows = width === 0 ? 0 : batch * queries * heads;
  launchPlaces(launcher, {
    key: "attention deltas",
    n: rows,
    outs: { delta },
    inputs: { dout, y: out },
    numbers: { queries, heads, width },
    body: `let query = i % a.queries;
  let pair = i / a.queries;
  let first = ((pair / a.heads * a.queries + query) * a.heads + pair % a.heads) * a.width;
  var value = 0.0;
  for (var c = 0u; c < a.width; c++) { value += dout_at(first + c) * y_at(first + c); }
  delta_put(i, value);`,
    work: { flop: 2 * out.size, bytesRead: 8 * out.size, bytesWritten: 4 * rows },
  });
}

export const attentionKernels = {
  /** @see Dao et al. 2022, "FlashAttention", section 3.1; grouped key heads: Ainslie et al. 2023, section 2.2 */
  attention(launcher, out, probs, lse, q, k, v, options) {
    const [batch = 0, queries = 0, heads = 0] = q.shape;
    const launchWith = (logSums: View | null) => {
      const operands = { q, k, v, lse: logSums };
      launchAttention(launcher, "out", out, operands, options);
      if (probs) launchAttention(launcher, "probs", probs, operands, options);
    };
    if (lse || !probs) launchWith(lse);
    else if (probs.size > 0) launcher.scratch(batch * queries * heads, launchWith);
    else launchWith(null);
  },

  /** @see Dao et al. 2022, "FlashAttention", appendix B.2 */
  attentionGrad(launcher, dq, dk, dv, dout, out, probs, lse, q, k, v, options) {
    const [batch = 0, queries = 0, heads = 0] = q.shape;
    launcher.scratch(Math.max(1, batch * queries * heads), (delta) => {
      rowProducts(launcher, delta, dout, out);
      const operands = { q, k, v, dout, delta, probs, lse };
      launchAttention(launcher, "dv", dv, operands, options);
      launchAttention(launcher, "dq", dq, operands, options);
      launchAttention(launcher, "dk", dk, operands, options);
    });
  },
} satisfies Partial<OnLauncher>;
