import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { classCounts } from "@deepgrain/fedlt";
import { imageData, readPictures } from "@deepgrain/studies/redgrape/image-data";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { networks } from "@deepgrain/studies/redgrape/image-sets";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { splitFlags } from "../../src/fedlt/flags";
import { splitOf } from "../../src/fedlt/pictures";
import { call } from "../call";

const { signal } = new AbortController();

/** A folder of CIFAR-10's binary version with one picture of each class per file. */
async function cifarFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), "cifar");
  await mkdir(folder);
  const bytes = Buffer.concat(
    Array.from({ length: 10 }, (_, c) => Buffer.from([c, ...new Array(3072).fill(20 * c)])),
  );
  for (const name of [
    "data_batch_1",
    "data_batch_2",
    "data_batch_3",
    "data_batch_4",
    "data_batch_5",
    "test_batch",
  ])
    writeFileSync(join(folder, `${name}.bin`), bytes);
  return folder;
}

describe("pictures", () => {
  it("are 700 digits of each class for training and the rest for testing", async () => {
    const { train, test, shape, fingerprint } = await imageData("mnist", { signal });
    expect(classCounts(train.labels, 10)).toEqual(new Array(10).fill(700));
    expect(train.labels.length + test.labels.length).toBe(10_000);
    expect(Math.min(...classCounts(test.labels, 10))).toBeGreaterThan(100);
    expect(shape).toEqual([1, 14, 14]);
    expect(fingerprint.sha256).toMatch(/^[0-9a-f]{64}$/);
    const mean = train.inputs.reduce((sum, x) => sum + x, 0) / train.inputs.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    const given = { clients: 10, partition: "prior-scaled", alpha: 1, seed: 3 } as never;
    const { counts, clients } = splitOf({ train, set: "mnist" }, given);
    expect([counts[0], counts.at(-1)]).toEqual([700, 14]);
    expect(clients).toHaveLength(10);
    expect(Object.keys(splitFlags)).toContain("folder");
  });

  it("of CIFAR-10 have three channels, and either network takes them", async () => {
    const folder = await cifarFolder();
    const { train, shape } = await imageData("cifar-10", { folder, signal });
    expect([train.width, train.labels.length, ...shape]).toEqual([768, 50, 3, 16, 16]);
    for (const network of networks) {
      const encoder = imageEncoder(network, shape);
      const params = await encoder.initialize(() => 0.5);
      const features = await encoder.encode(params, train.inputs.subarray(0, 2 * 768), 2);
      expect(features).toHaveLength(2 * 64);
      encoder.dispose();
    }
  });

  it("that are not there are asked for by name", async () => {
    const nowhere = { data: "cifar-10", folder: undefined } as const;
    await expect(readPictures(nowhere, { set: "mnist", signal })).rejects.toThrow("--folder");
    const cwd = await temporaryFolder();
    const args = ["fed", "simulate", "--data", "cifar-10", "--folder", "none"];
    expect(await call(args, { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining("--folder: there is no"),
    });
  });
});
