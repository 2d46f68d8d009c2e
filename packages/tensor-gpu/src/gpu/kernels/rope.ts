import { launch } from "../launch";
import type { OnHeap } from "../on-heap";

/** @see Su et al. 2021, "RoFormer", equation 34 */
export const rope: OnHeap["rope"] = (heap, out, x, cos, sin, positions, interleaved, inverse) => {
  const [, sequence = 0, heads = 0, d = 0] = x.shape;
  const [batchStride = 0, tokenStride = 0, headStride = 0] = x.strides;
  const pairing = interleaved
    ? `const pair = quotient(lane, 2);
    const isSecond = lane - pair * 2;
    const other = lane + 1 - 2 * isSecond;`
    : `let pair = lane;
    let isSecond = 0;
    let other = lane + half;
    if (lane >= half) { pair = lane - half; isSecond = 1; other = lane - half; }`;
  launch(heap, out, {
    key: interleaved ? "rope interleaved" : "rope",
    arrays: {
      x: heap.cell(x),
      cosines: heap.cell(cos),
      sines: heap.cell(sin),
      positions: heap.cell(positions),
    },
    numbers: {
      sequence,
      heads,
      d,
      half: d / 2,
      direction: inverse ? -1 : 1,
      batchStride,
      tokenStride,
      headStride,
      xOffset: x.offset,
      cosOffset: cos.offset,
      sinOffset: sin.offset,
      first: positions.offset,
    },
    body: `const vector = quotient(i, d);
    const lane = i - vector * d;
    const token = quotient(vector, heads);
    const head = vector - token * heads;
    const b = quotient(token, sequence);
    const start = xOffset + b * batchStride + (token - b * sequence) * tokenStride + head * headStride;
    ${pairing}
    const angle = at(positions, first + token) * half + pair;
    const own = at(x, start + lane) * at(cosines, cosOffset + angle);
    const turned = at(x, start + other) * at(sines, sinOffset + angle) * direction;
    value = own + turned;
    if (isSecond < 1) { value = own - turned; }`,
  });
};
