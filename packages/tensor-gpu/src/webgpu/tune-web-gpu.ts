import { assertKind, assertList, optionsOf, refuseUnknown } from "../errors";
import type { WebGpuBackend } from "./create-web-gpu-backend";
import type { SavedTiles, TunedShape } from "./tune-tiles";

/**
 * Times the tiles of matrix products on the device of a WebGPU backend, and lets it use the fastest for products of these
 * sizes: at most six tiles and 150 ms of runs per size, besides compiling, which blocks no page. Tiles that the driver refuses
 * are left out. Two devices may choose differently, and so may two runs on one,
 * which changes the order of sums; give back what a run returned for the same bits.
 *
 * @param backend as `createWebGpuBackend` makes it
 * @param shapes sizes of products as they are called: rows m, columns n, terms k, and products at once
 * @param options.saved what an earlier call returned, for example from JSON; sizes in it are not timed again
 * @returns all tuned sizes and their tiles, to be saved as JSON
 * @throws {TensorError} `ERR_ARGUMENT` for another backend, shapes that are no list and saved tiles that are none, `ERR_RANGE` for sizes that are not whole numbers above 0,
 *   `ERR_BACKEND` once the device is lost and where the driver refuses every tile, `ERR_MEMORY`
 */
export async function tuneWebGpu(
  backend: WebGpuBackend,
  shapes: readonly TunedShape[],
  options: { readonly saved?: SavedTiles | undefined } = {},
): Promise<SavedTiles> {
  const { saved = {}, ...rest } = optionsOf("tuneWebGpu", options);
  refuseUnknown("tuneWebGpu", rest);
  assertKind(
    (backend as unknown) === Object(backend) && backend.tiles instanceof Map,
    "tuneWebGpu",
    "needs a WebGPU backend",
    backend,
  );
  assertList("tuneWebGpu", shapes);
  for (const shape of shapes) optionsOf("tuneWebGpu", shape);
  const { tuneTiles } = await import("./loaded-later");
  return tuneTiles(backend, shapes, saved, () => performance.now());
}
