import type { View } from "../../backend/view";
import type { OnLauncher } from "../launcher";
import { launchPlaces } from "./each-place";

/** Strides of batch, token and head as numbers `…_batch`, `…_token`, `…_head`. */
const strideNumbers = (name: string, { strides }: View): Record<string, number> => ({
  [`${name}_batch`]: strides[0]!,
  [`${name}_token`]: strides[1]!,
  [`${name}_head`]: strides[2]!,
});

const placeOf = (name: string) =>
  `b * a.${name}_batch + t * a.${name}_token + h * a.${name}_head + first`;

export const ropeKernels = {
  /** A thread turns one pair, so that the output may be the input. @see Su et al. 2021, "RoFormer", equation 34 */
  rope(launcher, out, x, cos, sin, positions, interleaved, inverse) {
    const [, sequence = 0, heads = 0, d = 0] = x.shape;
    const pairs = out.size / 2;
    const strides = { ...strideNumbers("x", x), ...strideNumbers("out", out) };
    launchPlaces(launcher, {
      key: `rope ${interleaved}`,
      n: pairs,
      outs: { out },
      inputs: { x, cosines: cos, sines: sin, positions },
      numbers: { sequence, heads, half: d / 2, ...strides },
      floats: { direction: inverse ? -1 : 1 },
      body: `let pair = i % a.half;
  let vector = i / a.half;
  let h = vector % a.heads;
  let token = vector / a.heads;
  let t = token % a.sequence;
  let b = token / a.sequence;
  let first = ${interleaved ? "2u * pair" : "pair"};
  let apart = ${interleaved ? "1u" : "a.half"};
  let place = ${placeOf("x")};
  let to = ${placeOf("out")};
  let angle = positions_bits(token) * a.half + pair;
  let c = cosines_at(angle);
  let s = sines_at(angle) * a.direction;
  let x0 = x_at(place);
  let x1 = x_at(place + apart);
  out_put(to, x0 * c - x1 * s);
  out_put(to + apart, x1 * c + x0 * s);`,
      work: { flop: 6 * pairs, bytesRead: 20 * pairs, bytesWritten: 8 * pairs },
    });
  },
} satisfies Partial<OnLauncher>;
