import type { Encoder } from "@deepgrain/fedlt";
import { Mlp, moduleEncoder, SmallCnn } from "@deepgrain/fedlt/models";
import type { Network } from "./image-sets";

/** d, the width of the features. */
const WIDTH = 64;

/** A network for pictures of a shape [channels, side, side]: layers of 128 and 64, or two convolutions and a layer of 64. */
export function imageEncoder(
  network: Network,
  [channels, side]: readonly [number, number, number],
): Encoder & { dispose(): void } {
  const inputs = channels * side * side;
  return network === "mlp"
    ? moduleEncoder({
        build: () => new Mlp([inputs, 2 * WIDTH, WIDTH]),
        inputShape: [inputs],
        width: WIDTH,
      })
    : moduleEncoder({
        build: () => new SmallCnn({ side, channels, width: WIDTH }),
        inputShape: [channels, side, side],
        width: WIDTH,
      });
}
