import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { biasSchedule } from "../../src/lm/balance";
import { call } from "../call";
import { tinyMixture } from "../support/tiny-mixture-config";

describe("flags that balance a mixture", () => {
  it("end the bias's speed after a share of the steps", () => {
    const schedule = biasSchedule({ biasRate: 0.002, biasRateUntil: 0.9 }, 10);
    const rates = Array.from({ length: 10 }, (_, i) =>
      typeof schedule === "function" ? schedule(i + 1).rate : schedule.rate,
    );
    expect(rates).toEqual([...new Array(9).fill(0.002), 0]);
  });

  it("reach the model that pretrain trains and stores", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
    await writeFile(join(cwd, "text.txt"), "one two three four ".repeat(200));
    await writeFile(join(cwd, "config.json"), JSON.stringify(tinyMixture));
    const balance = ["--device-loss", "0.05", "--communication-loss", "0.02"];
    const shape = "--steps 2 --batch-size 2 --sequence-length 16 --vocab-size 270".split(" ");
    const args = ["--data", "text.txt", "--model-config", "config.json", "--out", "out", ...shape];
    const { code, err } = await call(["pretrain", ...args, ...balance], { cwd });
    expect(code, err).toBe(0);
    const read = async (name: string) => JSON.parse(await readFile(join(cwd, "out", name), "utf8"));
    expect(await read("config.json")).toMatchObject({
      device_loss_alpha: 0.05,
      communication_loss_alpha: 0.02,
    });
    expect((await read("run.json")).settings).toMatchObject({
      deviceLoss: 0.05,
      lossDevices: null,
    });
    const [first] = (await readFile(join(cwd, "out", "metrics.jsonl"), "utf8"))
      .split("\n")
      .filter((line) => line.includes("step-end"))
      .map((line) => JSON.parse(line));
    expect(first.auxLoss).toBeGreaterThan(0.02); // the third loss alone stays below
    await rm(cwd, { recursive: true });
  });
});
