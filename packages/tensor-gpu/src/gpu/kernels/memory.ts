import { converterTo } from "../../js/convert";
import { copy as copyOnHost, fill as fillOnHost } from "../../js/kernels/memory";
import { hostSide } from "../host-kernels";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { elementwise } from "../strided";

export const fill: OnHeap["fill"] = (heap, out, value) => {
  if (out.size === 0) return;
  if (out.dtype !== "float32") return void fillOnHost(hostSide(heap, [out]), out, value);
  launch(heap, out, {
    key: "fill",
    arrays: {},
    numbers: { filling: value },
    body: "value = filling;",
  });
};

/**
 * float32 to int32: truncated towards zero and clamped to the range (whose upper end rounds to 2³¹ here and is clipped
 * when read).
 */
const TRUNCATE = `value = Math.floor(Math.abs(v0));
    if (v0 < 0) { value = -value; }
    if (v0 > 2147483648) { value = 2147483648; }
    if (v0 < -2147483648) { value = -2147483648; }
    if (isNan(v0) > 0) { value = 0; }`;
const NOT_ZERO = "value = 1;\n    if (v0 == 0) { value = 0; }";

export const copy: OnHeap["copy"] = (heap, out, x) => {
  const isFloat = out.dtype === "float32";
  if (x.dtype === "float32") {
    if (isFloat) return void elementwise(heap, "copy", out, [x], {}, "value = v0;");
    if (out.dtype === "int32") return void elementwise(heap, "truncate", out, [x], {}, TRUNCATE);
    return void elementwise(heap, "notZero", out, [x], {}, NOT_ZERO);
  }
  if (!heap.block(x).host) {
    const body = out.dtype === "bool" ? NOT_ZERO : "value = v0;";
    return void elementwise(heap, `copy ${out.dtype}`, out, [x], {}, body);
  }
  if (!isFloat) return void copyOnHost(hostSide(heap, [out]), out, x);
  // Integers of any size are rounded to float32 when uploaded.
  const packed = hostSide(heap, []).packed(x);
  const cell = heap.device.pack(Float32Array.from(packed, converterTo("float32")));
  launch(heap, out, {
    key: "place",
    arrays: { packed: cell },
    numbers: {},
    body: "value = at(packed, i);",
  });
  heap.device.release(cell);
};
