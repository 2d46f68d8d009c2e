import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32c, maskedCrc } from "@deepgrain/command-line/metrics/masked-crc";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { readEvents } from "../support/read-events";
import { tinyTraining } from "../support/tiny-training";

const recordsOf = async (folder: string) =>
  (await readFile(join(folder, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** A row of the CSV as the record that it was made from. */
function recordOf(row: Record<string, string>): unknown {
  const record: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(row)) {
    if (cell === "") continue;
    const isText = ["stage", "type", "time", "prompt", "text"].includes(name);
    const [field = "", inner] = name.split(".");
    const value = isText ? cell : JSON.parse(cell);
    if (inner === undefined) record[field] = value;
    else record[field] = { ...(record[field] as object), [inner]: value };
  }
  return record;
}

/** Records without fields that CSV cannot tell from missing ones: empty objects. */
const withoutEmpty = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => JSON.stringify(value) !== "{}"));

const sample = {
  stage: "pretrain",
  type: "sample",
  step: 5,
  prompt: "The",
  text: 'a "b",\nc; =1+1',
  time: "2026-01-01T00:00:00.000Z",
};

describe("deepgrain export", () => {
  it("writes into the folder of --out, one for each run where there are several", async () => {
    const cwd = await temporaryFolder();
    for (const name of ["a", "b"]) {
      await mkdir(join(cwd, "runs", name), { recursive: true });
      await writeFile(join(cwd, "runs", name, "metrics.jsonl"), `${JSON.stringify(sample)}\n`);
    }
    const exported = (...args: string[]) => call(["export", ...args, "--format", "csv"], { cwd });
    expect(await exported("runs/a", "--out", "one")).toMatchObject({
      code: 0,
      out: `${join(cwd, "one", "metrics.csv")}\n`,
    });
    const several = await exported("runs", "--out", "all");
    expect(several.out.trim().split("\n")).toEqual(
      ["a", "b"].map((name) => join(cwd, "all", name, "metrics.csv")),
    );
    expect(await exported("runs", "--out", "all")).toMatchObject({ code: 2 });
    expect(await readdir(join(cwd, "runs", "a"))).toEqual(["metrics.jsonl"]);
  });

  it("writes a CSV that equals metrics.jsonl, and events that TensorFlow's messages read", async () => {
    const cwd = await temporaryFolder();
    await tinyTraining(cwd, "run");
    await appendFile(join(cwd, "run", "metrics.jsonl"), `${JSON.stringify(sample)}\n`);
    const records = await recordsOf(join(cwd, "run"));

    const csv = await call(["export", "run", "--format", "csv"], { cwd });
    expect(csv).toMatchObject({ code: 0, out: `${join(cwd, "run", "metrics.csv")}\n`, err: "" });
    const text = await readFile(join(cwd, "run", "metrics.csv"), "utf8");
    const { data } = Papa.parse<Record<string, string>>(text.trim(), { header: true });
    expect(data.map(recordOf)).toEqual(records.map(withoutEmpty));

    const name = "events.out.tfevents.deepgrain";
    const board = await call(["export", "run", "--format", "tensorboard"], { cwd });
    expect(board).toMatchObject({ code: 0, out: `${join(cwd, "run", name)}\n` });
    const [version, ...events] = readEvents(await readFile(join(cwd, "run", name)));
    expect(version).toMatchObject({ fileVersion: "brain.Event:2" });
    const valuesOf = (tag: string) =>
      events.flatMap(({ step, wallTime, summary }) =>
        summary!.value
          .filter((own) => own.tag === tag)
          .map(({ simpleValue }) => ({ step, wallTime, value: simpleValue })),
      );
    const wanted = (type: string, field: string) =>
      records
        .filter((record) => record.type === type)
        .map((record) => ({
          step: record.step,
          wallTime: Date.parse(record.time) / 1000,
          value: Math.fround(record[field]),
        }));
    for (const field of ["loss", "lr", "gradNorm", "tokens", "seconds"])
      expect(valuesOf(`pretrain/${field}`), field).toEqual(wanted("step-end", field));
    expect(valuesOf("pretrain/held-out loss")).toEqual(wanted("eval-end", "loss"));
    expect(valuesOf("pretrain/held-out loss")).toHaveLength(3);
    const loads = events.flatMap(({ summary }) =>
      summary!.value.filter(({ tag }) => /load .*maxViolation/.test(tag)),
    );
    expect(loads).toHaveLength(3);
  });

  it("reads steps beyond 32 bits, and gives records without a time that of the file", async () => {
    const cwd = await temporaryFolder();
    const record = { stage: "a", type: "step-end", step: 2 ** 40, loss: -0.5, scalars: { kl: 2 } };
    await writeFile(join(cwd, "metrics.jsonl"), `${JSON.stringify(record)}\n`);
    expect((await call(["export", ".", "--format", "tensorboard"], { cwd })).code).toBe(0);
    const [, event] = readEvents(await readFile(join(cwd, "events.out.tfevents.deepgrain")));
    expect(event).toMatchObject({
      step: 2 ** 40,
      summary: {
        value: [
          { tag: "a/loss", simpleValue: -0.5 },
          { tag: "a/kl", simpleValue: 2 },
        ],
      },
    });
    expect(event!.wallTime).toBeGreaterThan(1.7e9);
  });

  it("finds runs below folders, and leaves damaged lines out with a note", async () => {
    const cwd = await temporaryFolder();
    for (const run of ["runs/a", "runs/deep/b"]) {
      await mkdir(join(cwd, run), { recursive: true });
      const line = JSON.stringify({ stage: "a", type: "step-end", step: 1, loss: 1 });
      await writeFile(join(cwd, run, "metrics.jsonl"), `${line}\n{"stage":"a","ty\n[1]\n`);
    }
    const args = ["export", "runs", "--format", "csv"];
    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(err).toContain("2 lines of");
    expect(out.trim().split("\n")).toEqual([
      join(cwd, "runs/a/metrics.csv"),
      join(cwd, "runs/deep/b/metrics.csv"),
    ]);
    expect(await readFile(join(cwd, "runs/a/metrics.csv"), "utf8")).toBe(
      "stage,type,step,loss\na,step-end,1,1\n",
    );
  });

  it("replaces no file unless it is told to, and names what is missing", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "metrics.jsonl"), "");
    await writeFile(join(cwd, "metrics.csv"), "mine");
    const args = ["export", ".", "--format", "csv"];
    expect(await call(args, { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining("--overwrite"),
    });
    expect(await readFile(join(cwd, "metrics.csv"), "utf8")).toBe("mine");
    expect((await call([...args, "--overwrite"], { cwd })).code).toBe(0);
    await mkdir(join(cwd, "empty"));
    for (const folder of ["none", "empty"]) {
      const { code, err } = await call(["export", folder, "--format", "csv"], { cwd });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(folder) });
    }
    expect((await readdir(cwd)).sort()).toEqual(["empty", "metrics.csv", "metrics.jsonl"]);
    expect((await call(["export", "--format", "csv"], { cwd })).code).toBe(2);
  });
});

describe("the checksum of event files", () => {
  it("is that of RFC 3720's examples", () => {
    expect(crc32c(new Uint8Array(32)).toString(16)).toBe("8a9136aa");
    expect(crc32c(new Uint8Array(32).fill(0xff)).toString(16)).toBe("62a8ab43");
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16)).toBe("46dd794e");
    expect(crc32c(Buffer.from("123456789")).toString(16)).toBe("e3069283");
  });

  it("is masked", () => {
    const value = crc32c(Buffer.from("123456789"));
    const turned = ((value >>> 15) | (value << 17)) >>> 0;
    expect(maskedCrc(Buffer.from("123456789"))).toBe((turned + 0xa282ead8) % 2 ** 32);
  });
});
