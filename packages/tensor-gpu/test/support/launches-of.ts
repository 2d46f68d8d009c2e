import type { View } from "../../src/backend/view";
import type { Launch, Launcher } from "../../src/webgpu/launcher";
import type { Tile } from "../../src/webgpu/products/tiles";

/** A contiguous float32 view of memory that nobody reads, from element `at` on. */
export function placedView(shape: readonly number[], at = 0): View {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const size = shape.reduce((a, b) => a * b, 1);
  return { storage: { handle: 4 * at }, offset: 0, shape, strides, dtype: "float32", size };
}

/** The launches that kernels state, none of which runs. @param tile the tile of every product; default: the usual ones */
export function launchesOf(
  use: (launcher: Launcher) => void,
  { tile, scratchAt = 0 }: { tile?: Tile; scratchAt?: number } = {},
): Launch[] {
  const launches: Launch[] = [];
  const tiles = new Map<string, Tile>();
  if (tile) tiles.get = () => tile;
  use({
    tiles,
    launch: (launch) => void launches.push(launch),
    scratch: (elements, run) => run(placedView([elements], scratchAt)),
    uploaded: () => undefined,
    refuse() {},
  });
  return launches;
}
