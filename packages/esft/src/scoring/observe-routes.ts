import type { ObservedLayer, Route } from "../routed-model";
import type { GateScoreOptions } from "./expert-scores";
import { addRoute, type LayerTotals, type RouteNumbers } from "./layer-totals";

/** Receives every layer's routing as plain arrays, for example for a trace file. */
export type RouteRecorder = (layer: number, route: RouteNumbers) => unknown;

/** Observes layers and adds their routing to their totals. */
export interface RouteListener {
  /** Waits for the values of all routes so far and adds them, in order. */
  settle(): Promise<void>;
  stop(): void;
}

/**
 * Starts observing. Routes are read during the forward pass and added when `settle` is awaited; weights do not include
 * their layer's factor.
 * @param options.record also receives the values, after they were checked
 */
export function observeRoutes(
  layers: ReadonlyMap<number, ObservedLayer>,
  totals: ReadonlyMap<number, LayerTotals>,
  { record, keepsScale = false }: GateScoreOptions & { record?: RouteRecorder | undefined } = {},
): RouteListener {
  let pending: { layer: number; numbers: Promise<RouteNumbers> }[] = [];
  const read = async (route: Route, topK: number, scale: number): Promise<RouteNumbers> => {
    const { sequences } = route;
    const { ids, weights: scaled } = await route.data();
    const weights = scale === 1 ? scaled : scaled.map((weight) => weight / scale);
    return { ids, weights, topK, sequences };
  };
  const stops = [...layers].map(([layer, observed]) =>
    observed.onRoute((route) => {
      const scale = keepsScale ? 1 : (observed.gateScale ?? 1);
      const numbers = read(route, route.ids.shape[1] ?? 1, scale);
      numbers.catch(() => undefined); // reported by settle
      pending.push({ layer, numbers });
    }),
  );
  return {
    async settle() {
      const routes = pending;
      pending = [];
      for (const { layer, numbers } of routes) {
        const route = await numbers;
        addRoute(totals.get(layer)!, route);
        await record?.(layer, route);
      }
    },
    stop() {
      for (const end of stops) end();
    },
  };
}
