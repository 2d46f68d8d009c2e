import { EsftError, optionsOf, refuseUnknown } from "../errors";
import type { ExpertConfig } from "./expert-config";

/**
 * Checks that a configuration fits a model: it names exactly the layers with routed experts, and only experts that
 * exist, each once.
 *
 * @param layers the model's `moeLayers`, or expert counts by block number
 * @param options.file what to call the configuration in messages. Default `expert_cfg.json`
 * @throws {EsftError} `ERR_MISMATCH` for a missing or additional layer or an expert that the model does not have;
 *   `ERR_RANGE` for an expert listed twice
 */
export function checkExpertConfig(
  { experts }: ExpertConfig,
  layers: ReadonlyMap<number, number | { readonly experts: { readonly count: number } }>,
  options: { file?: string | undefined } = {},
): void {
  const { file = "expert_cfg.json", ...rest } = optionsOf("checkExpertConfig", options);
  refuseUnknown("checkExpertConfig", rest);
  const fail = (code: "ERR_MISMATCH" | "ERR_RANGE", key: string, problem: string) =>
    new EsftError(code, `esft/expertConfig: ${file}: ${key} ${problem}`, { fields: { file, key } });
  for (const layer of layers.keys())
    if (!experts.has(layer))
      throw fail("ERR_MISMATCH", `experts["${layer}"]`, "must be there: the block routes");
  for (const [layer, chosen] of experts) {
    const key = `experts["${layer}"]`;
    const known = layers.get(layer);
    if (known === undefined)
      throw fail(
        "ERR_MISMATCH",
        key,
        `must be one of the blocks that route (${[...layers.keys()].join(", ")}), got ${layer}`,
      );
    const count = typeof known === "number" ? known : known.experts.count;
    for (const [at, expert] of chosen.entries()) {
      if (!Number.isInteger(expert) || expert < 0 || expert >= count)
        throw fail(
          "ERR_MISMATCH",
          `${key}[${at}]`,
          `must be an expert from 0 to ${count - 1}, got ${expert}`,
        );
      if (chosen.indexOf(expert) !== at)
        throw fail("ERR_RANGE", `${key}[${at}]`, `must not repeat expert ${expert}`);
    }
  }
}
