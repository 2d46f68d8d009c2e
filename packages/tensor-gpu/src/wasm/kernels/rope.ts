import type { Kernels } from "../../backend/kernels";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { setInts } from "./slots";

export function ropeKernels(launcher: Launcher): Pick<Kernels, "rope"> {
  return {
    rope(out, x, cos, sin, positions, interleaved, inverse) {
      const [batch = 0, length = 0, heads = 0, d = 0] = x.shape;
      if (x.size === 0) return;
      const { ints } = launcher;
      setInts(ints, 0, [out, x, cos, sin, positions].map(launcher.address));
      setInts(ints, 5, [length, heads, d / 2, interleaved ? 1 : 0, inverse ? 1 : 0]);
      setInts(ints, 10, out.strides.slice(0, 3));
      setInts(ints, 13, x.strides.slice(0, 3));
      launcher.run("rope", batch * length, grain(heads * d * 2));
    },
  };
}
