import type { Draw } from "../draw";
import { bools, floats, ints, type Recipe, shapeOf } from "../plans";

const SIZES = [1, 2, 3, 4, 5, 8, 9, 17];

function stride(draw: Draw) {
  return draw.chance(0.3) ? [draw.int(1, 2), draw.int(1, 3)] : draw.int(1, 2);
}

const pool: Recipe = (draw) => {
  const x = floats(draw, [draw.int(1, 2), draw.int(1, 3), draw.int(4, 7), draw.int(4, 7)]);
  return [x, draw.int(2, 4), { stride: stride(draw), padding: draw.int(0, 1) }];
};

/** Matrix products, attention, convolutions and pools. */
export const products: Record<string, Recipe> = {
  matmul: (draw) => {
    const [m, n, k] = [draw.pick(SIZES), draw.pick(SIZES), draw.pick(SIZES)];
    const batch = shapeOf(draw, 0, 2);
    const other = batch.map((size) => (draw.chance(0.3) ? 1 : size));
    if (draw.chance(0.1)) return [floats(draw, [k]), floats(draw, [k])];
    return [floats(draw, [...batch, m, k]), floats(draw, [...other, k, n])];
  },
  linear: (draw) => {
    const [n, k] = [draw.pick(SIZES), draw.pick(SIZES)];
    const x = floats(draw, [...shapeOf(draw, 0, 2), k]);
    return [x, floats(draw, [n, k]), draw.chance(0.3) ? null : floats(draw, [n])];
  },
  einsum: (draw) => {
    const [i, j, k, b] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4), draw.int(1, 3)];
    return draw.pick([
      ["ij,jk->ik", floats(draw, [i, j]), floats(draw, [j, k])],
      ["bij,bkj->bik", floats(draw, [b, i, j]), floats(draw, [b, k, j])],
      ["ij,kj->i", floats(draw, [i, j]), floats(draw, [k, j])],
    ]);
  },
  scaledDotProductAttention: (draw) => {
    const [batch, queries] = [draw.int(1, 2), draw.int(1, 5)];
    const isSegmented = draw.chance(0.3);
    const keys = isSegmented ? queries + draw.int(0, 3) : draw.int(1, 6);
    const [keyHeads, d, dv] = [draw.int(1, 2), draw.pick([1, 2, 4, 8]), draw.int(1, 4)];
    const heads = keyHeads * draw.int(1, 2);
    const options = {
      isCausal: draw.chance(0.5),
      keyMask: draw.chance(0.5) ? bools(draw, [batch, keys]) : null,
      segments: isSegmented ? ints(draw, [batch, keys], 0, 2) : null,
      ...(draw.chance(0.3) ? { scale: 0.25 } : {}),
    };
    const q = floats(draw, [batch, queries, heads, d]);
    return [
      q,
      floats(draw, [batch, keys, keyHeads, d]),
      floats(draw, [batch, keys, keyHeads, dv]),
      options,
    ];
  },
  rope: (draw) => {
    const [batch, seq, half, places] = [draw.int(1, 2), draw.int(1, 4), draw.int(1, 3), 5];
    const x = floats(draw, [batch, seq, draw.int(1, 2), 2 * half]);
    const table = () => floats(draw, [places, half]).with({ requiresGrad: false });
    const positions = ints(draw, [batch, seq], 0, places - 1);
    return [x, table(), table(), positions, { interleaved: draw.chance(0.5) }];
  },
  conv2d: (draw) => {
    const groups = draw.pick([1, 1, 2, 3]);
    const inChannels = groups * draw.int(1, 2);
    const outChannels = groups * draw.int(1, 2);
    const [kh, kw] = draw.pick([
      [1, 1],
      [3, 3],
      [2, 3],
    ] as const);
    const x = floats(draw, [draw.int(1, 2), inChannels, draw.int(5, 8), draw.int(5, 8)]);
    const weight = floats(draw, [outChannels, inChannels / groups, kh, kw]);
    const options = {
      stride: stride(draw),
      padding: draw.int(0, 2),
      dilation: draw.int(1, 2),
      groups,
    };
    return [x, weight, draw.chance(0.3) ? null : floats(draw, [outChannels]), options];
  },
  convTranspose2d: (draw) => {
    const [groups, outputPadding] = [draw.pick([1, 1, 2]), draw.int(0, 1)];
    const [inChannels, depth] = [groups * draw.int(1, 2), draw.int(1, 2)];
    const x = floats(draw, [draw.int(1, 2), inChannels, draw.int(2, 4), draw.int(2, 4)]);
    const weight = floats(draw, [inChannels, depth, draw.int(1, 3), draw.int(2, 3)]);
    const options = {
      stride: draw.int(1 + outputPadding, 3),
      padding: draw.int(0, 1),
      outputPadding,
      dilation: draw.int(1, 2),
      groups,
    };
    return [x, weight, draw.chance(0.3) ? null : floats(draw, [depth * groups]), options];
  },
  conv1d: (draw) => {
    const [inChannels, outChannels, kernel] = [draw.int(1, 3), draw.int(1, 3), draw.int(1, 3)];
    const x = floats(draw, [draw.int(1, 2), inChannels, draw.int(5, 9)]);
    const weight = floats(draw, [outChannels, inChannels, kernel]);
    const options = {
      stride: draw.int(1, 2),
      padding: draw.int(0, 2),
      dilation: draw.int(1, 2),
      groups: 1,
    };
    return [x, weight, draw.chance(0.3) ? null : floats(draw, [outChannels]), options];
  },
  maxPool2d: pool,
  avgPool2d: (draw) => {
    const [x, kernel, options] = pool(draw) as [unknown, unknown, object];
    return [x, kernel, { ...options, countIncludePad: draw.chance(0.5) }];
  },
  interpolateBilinear: (draw) => {
    const x = floats(draw, [draw.int(1, 2), draw.int(1, 2), draw.int(1, 4), draw.int(1, 4)]);
    const size = { size: [draw.int(1, 5), draw.int(1, 5)] };
    const alignCorners = draw.chance(0.5);
    return [
      x,
      { ...(draw.chance(0.5) ? size : { scaleFactor: draw.int(2, 4) / 2 }), alignCorners },
    ];
  },
  upsampleNearest: (draw) => [
    floats(draw, [draw.int(1, 2), draw.int(1, 2), draw.int(1, 3), draw.int(1, 3)]),
    draw.int(1, 3),
  ],
};
