import { EsftError, having, optionsOf, refuseUnknown } from "../errors";
import type { ExpertConfig } from "./expert-config";

/** Options of {@link selectRandomExperts}. */
export interface RandomSelectionOptions {
  /** Uniform in [0, 1). */
  random: () => number;
  /** Whether the experts of `like` may be drawn as well. Default true, as in the paper's control. */
  mayRepeat?: boolean | undefined;
}

/**
 * Draws the same number of experts per layer as a selection has, at random: the control that shows whether the choice
 * matters.
 *
 * @param like the selection to match
 * @param expertCounts routed experts of each layer; a number for all
 * @throws {EsftError} `ERR_RANGE` when a layer has too few experts, `ERR_MISSING` when a layer's count is not given
 * @see Wang et al. 2024 (ESFT), analysis with random experts
 */
export function selectRandomExperts(
  like: ExpertConfig,
  expertCounts: number | ReadonlyMap<number, number>,
  options: RandomSelectionOptions,
): ExpertConfig {
  const { random, mayRepeat = true, ...rest } = optionsOf("selectRandomExperts", options);
  refuseUnknown("selectRandomExperts", rest);
  having("selectRandomExperts", "like", like, "experts");
  const experts = new Map<number, readonly number[]>();
  for (const [layer, chosen] of like.experts) {
    const count = typeof expertCounts === "number" ? expertCounts : expertCounts.get(layer);
    if (count === undefined)
      throw new EsftError(
        "ERR_MISSING",
        `esft/selectRandomExperts: layer ${layer} must have an expert count, got none`,
        { fields: { layer } },
      );
    const taken = new Set(mayRepeat ? [] : chosen);
    const pool = [...Array(count).keys()].filter((expert) => !taken.has(expert));
    if (pool.length < chosen.length)
      throw new EsftError(
        "ERR_RANGE",
        `esft/selectRandomExperts: layer ${layer} must have ${chosen.length} experts to draw, got ${pool.length}`,
        { fields: { layer, wanted: chosen.length, available: pool.length } },
      );
    experts.set(layer, draw(pool, chosen.length, random));
  }
  return { ...like, experts };
}

/** `count` items without repetition: the first steps of a Fisher-Yates shuffle. */
function draw(pool: number[], count: number, random: () => number): number[] {
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}
