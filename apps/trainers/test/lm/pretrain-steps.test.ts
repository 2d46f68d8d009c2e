import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { call } from "../call";
import { writeInputs } from "../support/folder-writers";

const cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
afterAll(() => rm(cwd, { recursive: true, force: true }));
await writeInputs(cwd);

const common =
  "pretrain --data text.txt --model-config m/config.json --tokenizer m --steps 10 --batch-size 1 --sequence-length 32 --lr 0.01 --evaluate-every 100 --checkpoint-every 100";
let runs = 0;

/** Trains with these flags; the measurements of its steps. */
async function steps(...args: string[]) {
  const out = `run-${runs++}`;
  const { code, err } = await call([...common.split(" "), "--out", out, ...args], { cwd });
  expect(code, err).toBe(0);
  const lines = (await readFile(join(cwd, out, "metrics.jsonl"), "utf8")).trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as Record<string, number | string>);
  const { settings } = JSON.parse(await readFile(join(cwd, out, "run.json"), "utf8"));
  return { records: records.filter(({ type }) => type === "step-end"), settings };
}

const column = (records: readonly Record<string, unknown>[], name: string) =>
  records.map((record) => record[name] as number);

const plain = await steps();

it("pretrain --schedule says how the rate goes on after warm-up", async () => {
  const rates = async (schedule: string) =>
    column((await steps("--schedule", schedule)).records, "lr");
  expect(new Set(await rates("constant"))).toEqual(new Set([0.01]));
  const falls = await rates("steps");
  expect(new Set(falls)).toEqual(new Set([0.01, 0.01 * 0.316, 0.01 * 0.316 ** 2]));
  const cosine = await rates("cosine");
  expect(cosine).toEqual(column(plain.records, "lr"));
  expect(cosine.at(-1)).toBeLessThan(0.002);
});

it("pretrain --weight-decay changes what is trained", async () => {
  const { records, settings } = await steps("--weight-decay", "0");
  expect(settings.weightDecay).toBe(0);
  expect(plain.settings.weightDecay).toBe(0.1);
  expect(records[0]!.loss).toBe(plain.records[0]!.loss);
  expect(records.at(-1)!.loss).not.toBe(plain.records.at(-1)!.loss);
});

it("pretrain --gradient-accumulation sums batches per step", async () => {
  const { records } = await steps("--gradient-accumulation", "3");
  expect(column(plain.records, "tokens")[0]).toBe(32);
  expect(new Set(column(records, "tokens"))).toEqual(new Set([96]));
});

it("pretrain --max-grad-norm scales gradients down, and 0 leaves them", async () => {
  const { records: small } = await steps("--max-grad-norm", "1e-9");
  expect(small[1]!.loss).not.toBe(plain.records[1]!.loss);
  const { records: none } = await steps("--max-grad-norm", "0");
  const { records: large } = await steps("--max-grad-norm", "1e9");
  expect(column(none, "loss")).toEqual(column(large, "loss"));
});

it.each(["--schedule linear", "--gradient-accumulation 0", "--weight-decay -1"])(
  "pretrain refuses %s",
  async (flag) => {
    const args = [...common.split(" "), "--out", "refused", ...flag.split(" ")];
    expect((await call(args, { cwd })).code).toBe(2);
  },
);
