import type { View } from "../../backend/view";
import { launchAttention } from "../attention/launch-attention";
import type { OnLauncher } from "../launcher";

/** @see Dao et al. 2022, "FlashAttention", section 3.1; grouped key heads: Ainslie et al. 2023, section 2.2 */
export const attention: OnLauncher["attention"] = (launcher, out, probs, lse, q, k, v, options) => {
  const [batch = 0, queries = 0, heads = 0] = q.shape;
  const launchWith = (logSums: View | null) => {
    const operands = { q, k, v, lse: logSums };
    launchAttention(launcher, "out", out, operands, options);
    if (probs) launchAttention(launcher, "probs", probs, operands, options);
  };
  if (lse || !probs) launchWith(lse);
  else if (probs.size > 0) launcher.scratch(batch * queries * heads, launchWith);
  else launchWith(null);
};
