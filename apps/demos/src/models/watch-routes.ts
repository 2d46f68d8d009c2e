import type { MoeLayer } from "@deepgrain/moe";

/** The experts of a token in one layer, the one of most weight first. */
export interface Route {
  experts: number[];
  /** Of each of these experts, as the router gave it. */
  weights: number[];
}

/** Collects how the tokens of each pass are routed. */
export interface RouteWatch {
  /** The routes since the last call: per layer a route per token. */
  take(): Promise<Route[][]>;
  stop(): void;
}

function routeOf(ids: Int32Array, weights: Float32Array): Route {
  const order = [...ids.keys()].sort((a, b) => weights[b]! - weights[a]! || ids[a]! - ids[b]!);
  return { experts: order.map((i) => ids[i]!), weights: order.map((i) => weights[i]!) };
}

/** Watches layers of a model, in their order. */
export function watchRoutes(layers: readonly MoeLayer[]): RouteWatch {
  const seen: Promise<Route[]>[][] = layers.map(() => []);
  const stops = layers.map((layer, place) =>
    layer.onRoute((event) => {
      const topK = event.ids.shape[1]!;
      const read = event.data().then(({ ids, weights }) =>
        Array.from({ length: ids.length / topK }, (_, token) => {
          const [from, to] = [token * topK, (token + 1) * topK];
          return routeOf(ids.subarray(from, to), weights.subarray(from, to));
        }),
      );
      seen[place]!.push(read);
    }),
  );
  return {
    take: () => Promise.all(seen.map(async (own) => (await Promise.all(own.splice(0))).flat())),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
