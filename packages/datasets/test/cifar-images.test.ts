import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cifarImages } from "../src";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-cifar-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(...bytes: Uint8Array[]): string {
  const path = join(folder, `${bytes.length}.bin`);
  writeFileSync(path, Buffer.concat(bytes));
  return path;
}

const picture = (label: number, level: number) =>
  Uint8Array.from({ length: 3073 }, (_, i) => (i === 0 ? label : level));

describe("cifarImages", () => {
  it("reads labels and three planes of 32 x 32", async () => {
    const images = await cifarImages(fileOf(picture(3, 7), picture(9, 255)));
    expect(images.map(({ label, rows, cols }) => [label, rows, cols])).toEqual([
      [3, 32, 32],
      [9, 32, 32],
    ]);
    expect(images[1]!.pixels).toEqual(new Uint8Array(3072).fill(255));
  });

  it("refuses a file that is cut off, empty, or has a label above 9, naming it", async () => {
    const cut = fileOf(picture(0, 0), Uint8Array.of(1, 2), Uint8Array.of(3));
    await expect(cifarImages(cut)).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining(`got 3076 bytes in ${cut}`),
    });
    await expect(cifarImages(fileOf())).rejects.toMatchObject({ code: "ERR_FORMAT" });
    await expect(cifarImages(fileOf(picture(10, 0)))).rejects.toThrow("label of picture 0");
    await expect(cifarImages(join(folder, "none"))).rejects.toMatchObject({
      code: "ERR_MISSING_FILE",
    });
  });
});
