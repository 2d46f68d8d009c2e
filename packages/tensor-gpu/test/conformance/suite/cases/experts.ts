import type { Agreement } from "../agreement";
import { pairs } from "../numbers";
import type { Scene } from "../scene";
import { EXACT, SUM } from "../tolerances";

interface Routing {
  tokens: number;
  k: number;
  groups: number;
  /** Share of slots that are dropped. */
  dropped: number;
}

const ROUTINGS: Routing[] = [
  { tokens: 1, k: 1, groups: 1, dropped: 0 },
  { tokens: 5, k: 2, groups: 4, dropped: 0 },
  { tokens: 33, k: 3, groups: 8, dropped: 0.3 },
  { tokens: 9, k: 2, groups: 64, dropped: 0 }, // most experts empty
  { tokens: 7, k: 2, groups: 3, dropped: 1 },
  { tokens: 0, k: 2, groups: 3, dropped: 0 },
  { tokens: 300, k: 4, groups: 16, dropped: 0.1 },
];
const WIDTHS = [1, 3, 4, 9, 33, 64];

/** Expert of each slot, and where sorting by expert puts it. */
function route(s: Scene, { tokens, k, groups, dropped }: Routing) {
  const slots = tokens * k;
  const values = Array.from({ length: slots }, () =>
    s.random() < dropped ? -1 : Math.floor(s.random() * groups),
  );
  const order = s.output([slots], { dtype: "int32" });
  const inverse = s.output([tokens, k], { dtype: "int32" });
  const offsets = s.output([groups + 1], { dtype: "int32" });
  const ids = s.input([tokens, k], { dtype: "int32", values });
  s.kernels.countingSort(order, inverse, offsets, ids, groups);
  return { slots, order, inverse };
}

export function expertCases({ agrees }: Agreement): void {
  agrees("countingSort is stable and drops -1", EXACT, ROUTINGS, (s, routing) => {
    route(s, routing);
  });
  const cases = pairs(pairs(ROUTINGS, WIDTHS), [false, true]);
  agrees("expandRows brings each slot its token", SUM, cases, (s, [[routing, d], hasWeights]) => {
    const { slots, order } = route(s, routing);
    const weights = hasWeights ? s.input([routing.tokens, routing.k]) : null;
    s.kernels.expandRows(
      s.output([slots, d]),
      s.input([routing.tokens, d]),
      order,
      routing.k,
      weights,
    );
  });
  agrees("combineRows sums each token's slots", SUM, cases, (s, [[routing, d], hasWeights]) => {
    const { slots, inverse } = route(s, routing);
    const weights = hasWeights ? s.input([routing.tokens, routing.k]) : null;
    s.kernels.combineRows(s.output([routing.tokens, d]), s.input([slots, d]), inverse, weights);
  });
  agrees("rowDots gives the weights' gradient", SUM, pairs(ROUTINGS, WIDTHS), (s, [routing, d]) => {
    const { tokens, k } = routing;
    const { slots, inverse } = route(s, routing);
    s.kernels.rowDots(s.output([tokens, k]), s.input([tokens, d]), s.input([slots, d]), inverse);
  });
}
