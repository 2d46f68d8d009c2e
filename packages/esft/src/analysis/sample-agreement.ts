import { EsftError, listOf, optionsOf, refuseUnknown } from "../errors";
import { type LayerScores, scoresFromTotals } from "../scoring/expert-scores";
import { addRoute, createLayerTotals, type RouteNumbers } from "../scoring/layer-totals";
import { expertOverlap } from "./expert-overlap";

/** Recorded routing: by block number, the layer's routing of each piece of the sample, in order. */
export type RecordedRoutes = ReadonlyMap<number, readonly RouteNumbers[]>;

/** Collects routing in memory; give `record` to `scoreExperts`. */
export function createRouteRecording(): {
  readonly routes: RecordedRoutes;
  record(layer: number, route: RouteNumbers): void;
} {
  const routes = new Map<number, RouteNumbers[]>();
  return {
    routes,
    record(layer, route) {
      const known = routes.get(layer) ?? [];
      known.push(route);
      routes.set(layer, known);
    },
  };
}

/** Agreement of two samples of a task at one size. */
export interface SampleAgreement {
  /** Tokens read of each sample. */
  readonly tokens: number;
  /** Shared experts among the k best, mean over layers, from 0 to k. */
  readonly overlap: number;
}

/** Where the first `count` tokens that are not hidden end, as an index of `ids`. */
function endOfTokens({ ids, topK }: RouteNumbers, count: number): number {
  let end = 0;
  for (let left = count; end < ids.length && left > 0; end += topK)
    for (let choice = end; choice < end + topK; choice++)
      if (ids[choice]! >= 0) {
        left--;
        break;
      }
  return end;
}

/** Scores from the first tokens of a recording. */
function scoresOfFirst(
  recorded: RecordedRoutes,
  tokens: number,
  experts: number,
  kind: "token" | "gate",
): LayerScores {
  const totals = [...recorded].map(([layer, routes]) => {
    const own = createLayerTotals(layer, experts);
    for (const route of routes) {
      const { ids, weights, topK } = route;
      const end = endOfTokens(route, tokens - own.tokens);
      if (end === 0) break;
      const cut = (values: ArrayLike<number>) => Array.from(values).slice(0, end);
      addRoute(own, { ids: cut(ids), weights: cut(weights), topK });
    }
    if (own.tokens < tokens)
      throw new EsftError(
        "ERR_RANGE",
        `esft/sampleAgreement: layer ${layer} must have at least ${tokens} tokens recorded, got ${own.tokens}`,
        { fields: { layer, tokens: own.tokens, wanted: tokens } },
      );
    return own;
  });
  return scoresFromTotals(totals)[kind]!;
}

/**
 * How the sample size affects which experts rank highest: for each size, the overlap of the k best experts of two
 * independent samples' first tokens. It rises to about k when the sample is large enough.
 *
 * @param options.experts routed experts in a layer
 * @param options.k default 6
 * @param options.sizes token counts, such as 2⁸ to 2¹⁷
 * @throws {EsftError} `ERR_RANGE` when a recording is shorter than a size; as `expertOverlap`
 * @see Wang et al. 2024 (ESFT), appendix on data sampling for expert selection
 */
export function sampleAgreement(
  a: RecordedRoutes,
  b: RecordedRoutes,
  options: {
    experts: number;
    sizes: readonly number[];
    k?: number | undefined;
    score?: "token" | "gate" | undefined;
  },
): SampleAgreement[] {
  const { experts, sizes, k = 6, score = "gate", ...rest } = optionsOf("sampleAgreement", options);
  refuseUnknown("sampleAgreement", rest);
  return listOf("sampleAgreement", "sizes", sizes).map((tokens) => {
    const [first, second] = [a, b].map((recorded) =>
      scoresOfFirst(recorded, tokens, experts, score),
    );
    return { tokens, overlap: expertOverlap(first!, second!, k) };
  });
}
