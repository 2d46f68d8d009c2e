import type { Kernels } from "../../backend/kernels";
import { more } from "../generated/more";
import type { Launcher } from "../launcher";
import { grain } from "./grain";
import { leadingStrides } from "./walk";

export function ropeKernels(launcher: Launcher): Pick<Kernels, "rope"> {
  launcher.need(more);
  return {
    rope(out, x, cos, sin, positions, interleaved, inverse) {
      const [batch = 0, length = 0, heads = 0, d = 0] = x.shape;
      if (x.size === 0) return;
      const rotation = [length, heads, d / 2, interleaved, inverse] as const;
      launcher.run(
        "rope",
        [out, x, cos, sin, positions, ...rotation, ...leadingStrides(out), ...leadingStrides(x)],
        batch * length,
        grain(heads * d * 2),
      );
    },
  };
}
