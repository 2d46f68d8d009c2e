import { random as randomOnHost } from "../../js/kernels/random";
import { hostSide } from "../host-kernels";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";

/** Philox needs 32-bit integers, so the numbers are drawn on the host, with the generator of the reference backend. */
export const random: OnHeap["random"] = (heap, kind, out, seed, offset, a, b) => {
  randomOnHost(hostSide(heap, [out]), kind, out, seed, offset, a, b);
};

export const dropout: OnHeap["dropout"] = (heap, out, x, p, seed, offset) => {
  const uniforms = new Float32Array(x.size);
  const view = { ...x, offset: 0, size: x.size };
  randomOnHost(
    { ...hostSide(heap, []), numbers: () => uniforms },
    "uniform",
    view,
    seed,
    offset,
    0,
    1,
  );
  const drawn = heap.device.pack(uniforms);
  launch(heap, out, {
    key: "dropout",
    arrays: { x: heap.cell(x), drawn },
    numbers: { xOffset: x.offset, p, kept: 1 - p },
    body: "if (at(drawn, i) >= p) { value = at(x, xOffset + i) / kept; }",
  });
  heap.device.release(drawn);
};
