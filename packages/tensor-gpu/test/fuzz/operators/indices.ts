import type { Draw } from "../draw";
import { axisOf, floats, ints, list, MapPlan, type Recipe, resolved, shapeOf } from "../plans";

function indexed(draw: Draw) {
  const shape = shapeOf(draw).map((n) => Math.max(1, n));
  const dim = axisOf(draw, shape.length);
  const axis = resolved(dim, shape.length);
  const picked = shape.map((n, a) => (a === axis ? draw.int(0, 4) : n));
  return { shape, dim, axis, picked, index: ints(draw, picked, 0, shape[axis]! - 1) };
}

const scattered: Recipe = (draw) => {
  const { shape, dim, index, picked } = indexed(draw);
  return [floats(draw, shape), dim, index, floats(draw, picked)];
};

function countingOrder(keys: readonly number[], groups: number) {
  const offsets = new Array<number>(groups + 1).fill(0);
  for (const key of keys) offsets[key + 1]!++;
  for (let g = 0; g < groups; g++) offsets[g + 1]! += offsets[g]!;
  const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
  return { offsets, order };
}

/** A pattern of compressed rows with its transpose, as data. */
function pattern(draw: Draw) {
  const [rows, segments, entries] = [draw.int(1, 5), draw.int(1, 4), draw.int(0, 9)];
  const edges = Array.from({ length: entries }, () => [
    draw.int(0, segments - 1),
    draw.int(0, rows - 1),
  ]);
  const { offsets, order } = countingOrder(
    edges.map(([target]) => target!),
    segments,
  );
  const sorted = order.map((e) => edges[e]!);
  const back = countingOrder(
    sorted.map(([, source]) => source!),
    rows,
  );
  const csr = {
    offsets: list(offsets),
    indices: list(sorted.map(([, source]) => source!)),
    rows,
    transposed: {
      offsets: list(back.offsets),
      indices: list(back.order.map((e) => sorted[e]![0]!)),
      source: list(back.order),
    },
  };
  return { csr, rows, entries };
}

/** The result of `planExperts` for drawn choices, as data. */
function plan(draw: Draw) {
  const [tokens, k, experts] = [draw.int(1, 4), draw.int(1, 2), draw.int(1, 4)];
  const ids = Array.from({ length: tokens * k }, () => draw.int(-1, experts - 1));
  const kept = [...ids.keys()].filter((slot) => ids[slot]! >= 0);
  const order = kept.sort((a, b) => ids[a]! - ids[b]! || a - b);
  const inverse = ids.map((_, slot) => order.indexOf(slot));
  const { offsets } = countingOrder(
    ids.filter((id) => id >= 0),
    experts,
  );
  const padded = ids.map((_, place) => order[place] ?? -1);
  return {
    tokens,
    k,
    plan: {
      order: list(padded),
      inverse: list(inverse).with({ shape: [tokens, k] }),
      offsets: list(offsets),
      experts,
    },
  };
}

/** Gathering, scattering, graphs and mixtures of experts. */
export const indices: Record<string, Recipe> = {
  gather: (draw) => {
    const { shape, dim, index } = indexed(draw);
    return [floats(draw, shape), dim, index];
  },
  scatter: scattered,
  scatterAdd: scattered,
  embedding: (draw) => {
    const rows = draw.int(1, 5);
    return [floats(draw, [rows, draw.int(1, 4)]), ints(draw, shapeOf(draw, 0, 2), 0, rows - 1)];
  },
  indexSelect: (draw) => {
    const { shape, dim, axis } = indexed(draw);
    return [floats(draw, shape), dim, ints(draw, [draw.int(0, 4)], 0, shape[axis]! - 1)];
  },
  indexAdd: (draw) => {
    const { shape, dim, axis } = indexed(draw);
    const count = draw.int(0, 4);
    const source = floats(
      draw,
      shape.map((n, a) => (a === axis ? count : n)),
    );
    return [
      floats(draw, shape),
      dim,
      ints(draw, [count], 0, shape[axis]! - 1),
      source,
      { alpha: 0.5 },
    ];
  },
  oneHot: (draw) => {
    const classes = draw.int(1, 5);
    return [ints(draw, shapeOf(draw, 0, 3), 0, classes - 1), classes];
  },
  csrFromEdges: (draw) => {
    const [segments, rows, entries] = [draw.int(1, 4), draw.int(1, 4), draw.int(0, 6)];
    const column = (limit: number) => Array.from({ length: entries }, () => draw.int(0, limit - 1));
    return [column(segments), column(rows), segments, rows];
  },
  segmentSum: (draw) => {
    const { csr, rows, entries } = pattern(draw);
    const weights = draw.chance(0.4) ? null : floats(draw, [entries]);
    return [floats(draw, [rows, draw.int(1, 4)]), csr, weights];
  },
  segmentMean: (draw) => {
    const { csr, rows } = pattern(draw);
    return [floats(draw, [rows, draw.int(1, 4)]), csr];
  },
  segmentMax: (draw) => {
    const { csr, rows } = pattern(draw);
    return [floats(draw, [rows, draw.int(1, 4)]), csr];
  },
  segmentSoftmax: (draw) => {
    const { csr, entries } = pattern(draw);
    return [floats(draw, [entries, draw.int(1, 3)]), csr];
  },
  planExperts: (draw) => {
    const experts = draw.int(1, 5);
    return [ints(draw, [draw.int(0, 5), draw.int(1, 3)], -1, experts - 1), experts];
  },
  dispatch: (draw) => {
    const { plan: made, tokens } = plan(draw);
    return [floats(draw, [tokens, draw.int(1, 4)]), made];
  },
  combineExperts: (draw) => {
    const { plan: made, tokens, k } = plan(draw);
    return [floats(draw, [tokens * k, draw.int(1, 4)]), floats(draw, [tokens, k]), made];
  },
  groupedLinear: (draw) => {
    const [groups, rows, n, k] = [draw.int(1, 3), draw.int(0, 9), draw.int(1, 9), draw.int(1, 9)];
    const cuts = Array.from({ length: groups + 1 }, () => draw.int(0, rows)).sort((a, b) => a - b);
    const trained = new MapPlan([[draw.int(0, groups - 1), floats(draw, [n, k])]]);
    const options = draw.chance(0.7) ? {} : { trained };
    return [floats(draw, [rows, k]), floats(draw, [groups, n, k]), list(cuts), options];
  },
};
