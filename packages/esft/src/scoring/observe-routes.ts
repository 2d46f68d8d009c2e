import type { ObservedLayer, Route } from "../routed-model";
import { addRoute, type LayerTotals, type RouteNumbers } from "./layer-totals";

/** Receives every layer's routing as plain numbers, for a trace file for example. */
export type RouteRecorder = (layer: number, route: RouteNumbers) => unknown;

/** Listens to layers and adds what they route to their totals. */
export interface RouteListener {
  /** Waits for the numbers of all routes so far and adds them, in order. */
  settle(): Promise<void>;
  stop(): void;
}

/**
 * Starts listening. Routes are read during the forward pass and added when `settle` is awaited.
 * @param record also gets the numbers, after they were checked
 */
export function observeRoutes(
  layers: ReadonlyMap<number, ObservedLayer>,
  totals: ReadonlyMap<number, LayerTotals>,
  record?: RouteRecorder,
): RouteListener {
  let pending: { layer: number; numbers: Promise<RouteNumbers> }[] = [];
  const read = async (route: Route, topK: number): Promise<RouteNumbers> => {
    const { sequences } = route;
    const { ids, weights } = await route.data();
    return { ids, weights, topK, sequences };
  };
  const stops = [...layers].map(([layer, observed]) =>
    observed.onRoute((route) => {
      const numbers = read(route, route.ids.shape[1] ?? 1);
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
