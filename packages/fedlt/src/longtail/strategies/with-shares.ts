import type { Strategy } from "../../federation/runtime/strategy";
import type { FitTask } from "../../federation/runtime/task";

/**
 * A strategy whose workers get a config with each task, and with it their share of the data: worker k of the sorted names
 * has `share: k` of `shares`. The rest of the strategy stays as it is.
 *
 * @param config of all workers, such as the settings of `localSteps`
 */
export function withShares(
  strategy: Strategy,
  config: FitTask["config"],
  workers: readonly string[],
): Strategy {
  const order = [...workers].sort();
  const configOf = (id: string) => ({ ...config, share: order.indexOf(id), shares: order.length });
  return {
    ...strategy,
    configureFit: (_, clients) => new Map(clients.map((id) => [id, { config: configOf(id) }])),
  };
}
