import { describe, expect, it } from "vitest";
import { gemm } from "../../src/webgpu/kernels/gemm";
import { splitsOf, TILES, threadsOf, tilesIn, usualTile } from "../../src/webgpu/products/tiles";
import { plainGemm } from "../conformance/suite/cases/gemm";
import { launchesOf, placedView } from "../support/launches-of";

describe("tiles of products on WebGPU", () => {
  it("has no tile that the weakest adapters refuse", () => {
    expect(TILES).toHaveLength(22);
    for (const tile of TILES) {
      expect(threadsOf(tile)).toBeLessThanOrEqual(256);
      expect(4 * tile.depth * (tile.rows + tile.columns)).toBeLessThanOrEqual(16_384);
    }
  });

  it("moves at most 0.14 bytes per multiply-add in a product of 1024³", () => {
    const side = 1024;
    const [a, b, c] = [
      placedView([side, side]),
      placedView([side, side]),
      placedView([side, side]),
    ];
    const launches = launchesOf((launcher) => gemm(launcher, c, a, b, plainGemm(side, side, side)));
    expect(launches).toHaveLength(1);
    const { bytesRead, bytesWritten, flop } = launches[0]!.work;
    expect(flop).toBe(2 * side ** 3);
    expect((bytesRead + bytesWritten) / side ** 3).toBeLessThanOrEqual(0.14);
  });

  it("splits the sums of products that have few tiles, and of no others", () => {
    const splits = (m: number, n: number, k: number) => {
      const size = { m, n, k, batch: 1 };
      return splitsOf(size, usualTile(size));
    };
    expect(splits(32, 32, 4096)).toBe(16);
    expect(splits(32, 32, 100)).toBe(1);
    expect(splits(1024, 1024, 4096)).toBe(1);
  });

  it("takes larger tiles for larger products", () => {
    const rows = [64, 256, 512, 1024].map((side) => {
      const size = { m: side, n: side, k: side, batch: 1 };
      return usualTile(size).rows;
    });
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(tilesIn({ m: 33, n: 65, k: 1, batch: 2 }, TILES[0]!)).toBe(2 * 2 * 3);
  });
});
