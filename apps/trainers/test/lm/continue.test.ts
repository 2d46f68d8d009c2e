import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trainingBatches } from "@deepgrain/command-line/trainings/mixed-texts";
import {
  evaluate,
  loadModel,
  loadTokenizer,
  readLora,
  saveModel,
  saveTokenizer,
  sequentialBatches,
  trainBpe,
} from "@deepgrain/lm";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";
import { saveTinyChatModel } from "../support/tiny-chat-model";

const { signal } = new AbortController();

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
  await writeTinyModel(join(cwd, "m"));
  const numbers = Array.from({ length: 60 }, (_, i) => `the number ${i} is not ${i + 1};`);
  await writeFile(join(cwd, "book.txt"), numbers.join(" "));
  await writeFile(join(cwd, "old.txt"), "one two three four ".repeat(20));
  await writeFile(join(cwd, "words.txt"), "a whale swims in the sea ".repeat(20));
  return () => rm(cwd, { recursive: true, force: true });
});

const sizes = "--steps 4 --batch-size 2 --sequence-length 32 --lr 0.01 --evaluate-every 2";

const pretrain = (line: string) =>
  call(`pretrain --data book.txt ${sizes} ${line}`.split(" "), { cwd });

async function finished(line: string): Promise<string> {
  const { code, err } = await pretrain(line);
  expect(code, err).toBe(0);
  return err;
}

const textOf = (...path: string[]) => readFile(join(cwd, ...path), "utf8");

async function recordsOf(out: string): Promise<Record<string, unknown>[]> {
  const lines = (await textOf(out, "metrics.jsonl")).trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** The mean loss of a folder's model on the end of the text that is held out. */
async function heldOutLoss(folder: string): Promise<number> {
  const tokenizer = await loadTokenizer(join(cwd, "m"));
  const ids = await tokenStream([await textOf("book.txt")], tokenizer, { signal });
  const heldOut = ids.slice(ids.length - Math.max(32, Math.floor(0.05 * ids.length)));
  const model = await loadModel(join(cwd, folder));
  const { loss } = await evaluate(
    model,
    sequentialBatches(heldOut, { blockLength: 32, batchSize: 2 }),
  );
  model.dispose();
  return loss;
}

describe("pretrain --model", () => {
  it("measures before the first step what evaluate measures, and learns from there", async () => {
    const err = await finished("--model m --out full");
    expect(err).toMatch(/its last \d+ of \d+ tokens are held out/);
    const evaluations = (await recordsOf("full")).filter(({ type }) => type === "eval-end");
    expect(evaluations.map(({ step }) => step)).toEqual([0, 2, 4]);
    expect(evaluations[0]!.loss).toBe(await heldOutLoss("m"));
    expect(evaluations[2]!.loss).toBe(await heldOutLoss("full"));
    expect(Number(evaluations[2]!.loss)).toBeLessThan(Number(evaluations[0]!.loss));
    expect(await textOf("full", "tokenizer.json")).toBe(await textOf("m", "tokenizer.json"));
    const card = await textOf("full", "README.md");
    expect(card).toContain("trained further on text. Made from `m`.");
    expect(card).toMatch(/- tokens of the corpus: [\d,]+\n- tokens trained: 256\n/);
    expect(card).toContain("- held-out loss before the first step: ");
  });

  it("--lora-rank writes an adapter that names its base, and --merge a model", async () => {
    await finished("--model m --lora-rank 2 --out adapter");
    const { config, factors } = await readLora(join(cwd, "adapter"));
    expect(config).toMatchObject({ rank: 2, alpha: 4, baseModel: join(cwd, "m") });
    expect([...factors.values()].some(({ b }) => b.data.some((x) => x !== 0))).toBe(true);
    const card = await textOf("adapter", "README.md");
    expect(card).toMatch(/- trained parameters: [\d,]+/);
    expect(card).toContain("The weights are changes of the base model's");
    const before = (await recordsOf("adapter")).find(({ type }) => type === "eval-end");
    expect(before).toMatchObject({ step: 0, loss: await heldOutLoss("m") });
    await finished("--model m --lora-rank 2 --merge --out merged");
    const after = (await recordsOf("merged")).findLast(({ type }) => type === "eval-end");
    expect(await heldOutLoss("merged")).toBeCloseTo(Number(after!.loss), 4);
  });

  it("refuses a model beside the tokenizer of another", async () => {
    await cp(join(cwd, "m"), join(cwd, "mismatched"), { recursive: true });
    const tokenizer = await trainBpe(["number is not"], { vocabSize: 262, minFrequency: 1 });
    await saveTokenizer(join(cwd, "mismatched"), { tokenizer });
    const { code, err } = await pretrain("--model mismatched --out never");
    expect(code).toBe(1);
    expect(err).toMatch(/--model: its tokenizer gives the token \d+, .* embeddings of 259/);
    expect(existsSync(join(cwd, "never"))).toBe(false);
  });

  it("has a lower rate than a new model where none is given", async () => {
    const rateOf = async (line: string, out: string) => {
      const words = `pretrain --data book.txt --steps 1 --batch-size 1 --sequence-length 32 --out ${out}`;
      const { code, err } = await call([...words.split(" "), ...line.split(" ")], { cwd });
      expect(code, err).toBe(0);
      return JSON.parse(await textOf(out, "run.json")).settings.lr;
    };
    expect(await rateOf("--model m", "slow")).toBe(3e-4);
    expect(await rateOf("--tokenizer m --model-config m/config.json", "fast")).toBe(0.003);
  });
});

describe("pretrain --mix", () => {
  it("gives every text its share of the sequences, over the batches so far", async () => {
    const tokenizer = await loadTokenizer(join(cwd, "m"));
    const kinds = ["a", "b", "c"].map((letter) => tokenizer.encode(letter).at(-1)!);
    const text = (letter: string) => [letter.repeat(200)];
    const own = await tokenStream(text("a"), tokenizer, { signal });
    const mixed = [
      { text: "b.txt", share: 0.2, documents: text("b") },
      { text: "c.txt", share: 0.1, documents: text("c") },
    ];
    const packing = { blockLength: 8, batchSize: 4, seed: 1 };
    const { training, mixedTokens } = await trainingBatches(own, mixed, packing, {
      tokenizer,
      config: { vocabSize: tokenizer.vocabSize },
      signal,
    });
    expect(mixedTokens).toBe(2 * own.length);
    const counts = [0, 0, 0];
    for (let position = 0; position < 25; position++) {
      const { ids: read, labels, batch } = training.batch(position);
      const ids = Int32Array.from(read);
      expect(batch).toBe(4);
      expect(labels).toEqual(ids); // every token is trained
      for (let row = 0; row < 4; row++) {
        const here = ids.subarray(8 * row, 8 * row + 8);
        const kind = kinds.findIndex((id) => here.includes(id));
        expect(kinds.filter((id) => here.includes(id))).toEqual([kinds[kind]]); // one text per row
        counts[kind]!++;
      }
    }
    expect(counts).toEqual([70, 20, 10]);
    expect(training.batch(7)).toEqual(training.batch(7));
  });

  it("is recorded and named on the card, and a run does not go on with another", async () => {
    await finished("--model m --mix old.txt:0.25,words.txt:0.1 --out mixed");
    const { settings, data } = JSON.parse(await textOf("mixed", "run.json"));
    expect(settings).toMatchObject({ mix: [0.25, 0.1], vocabSize: null, loraRank: null });
    expect(data.mix).toHaveLength(2);
    const card = await textOf("mixed", "README.md");
    for (const line of ["- `old.txt`.", "- `words.txt`.", "- tokens of texts mixed in: "])
      expect(card).toContain(line);
    await cp(join(cwd, "mixed"), join(cwd, "other"), { recursive: true });
    await writeTinyModel(join(cwd, "m2"));
    const model = await loadModel(join(cwd, "m2"));
    const name = "model.norm.weight";
    model.writeWeight(name, (await model.readWeight(name)).data.fill(0.5));
    await saveModel(join(cwd, "m2"), model);
    const refused = async (line: string, said: string) => {
      const { code, out, err } = await pretrain(`${line} --out mixed --resume`);
      expect({ code, out, err }).toEqual({ code: 2, out: "", err: expect.stringContaining(said) });
    };
    await refused("--model m2", "data.model.sha256 was");
    await refused("--model m --mix old.txt:0.5", "--mix was [0.25,0.1], is [0.5]");
    await refused("--model m --mix words.txt:0.25,old.txt:0.1", "data.mix was");
    await refused("--model m --lora-rank 2", "--lora-rank was null, is 2");
    await finished("--resume --out mixed --steps 6");
    expect((await recordsOf("mixed")).findLast(({ type }) => type === "step-end")?.step).toBe(6);
  });

  it("of a run that mixes nothing in, or begins anew, cannot be added later", async () => {
    await finished("--tokenizer m --model-config m/config.json --out fresh");
    const mixed = await pretrain("--mix old.txt:0.5 --out fresh --resume");
    expect(mixed).toMatchObject({ code: 2, err: expect.stringContaining("--mix was not set") });
  });
});

it("takes its model and its texts from a configuration, as one text or as a list", async () => {
  const kept: unknown[] = [];
  for (const mix of ["old.txt:0.25,words.txt:0.1", "[old.txt:0.25, words.txt:0.1]"]) {
    const out = `config-${kept.length}`;
    await writeFile(join(cwd, "run.yaml"), `model: m\nout: ${out}\nmix: ${mix}\n`);
    await finished("--config run.yaml");
    kept.push(JSON.parse(await textOf(out, "run.json")).flags.mix);
  }
  expect(kept[0]).toEqual([`${join(cwd, "old.txt")}:0.25`, `${join(cwd, "words.txt")}:0.1`]);
  expect(kept[1]).toEqual(kept[0]);
});

describe("pretrain of a GGUF file", () => {
  it("says before loading that packed weights need convert", async () => {
    await saveTinyChatModel(join(cwd, "chat"));
    const convert = "convert chat --to gguf --dtype q8_0 --out g".split(" ");
    expect(await call(convert, { cwd })).toMatchObject({ code: 0 });
    const { code, out, err } = await pretrain("--model g/model.gguf --out packed");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/--model: .*model\.gguf holds weights packed as Q8_0.*`deepgrain convert /);
    expect(existsSync(join(cwd, "packed"))).toBe(false);
  });

  it("continues one of floats as the folder that it was made of", async () => {
    await call("convert chat --to gguf --out floats".split(" "), { cwd });
    await finished("--model floats/model.gguf --out of-file");
    await finished("--model chat --out of-folder");
    const lossOf = async (out: string) =>
      (await recordsOf(out)).filter(({ type }) => type === "eval-end").map(({ loss }) => loss);
    expect(await lossOf("of-file")).toEqual(await lossOf("of-folder"));
    expect(existsSync(join(cwd, "of-file", "tokenizer.json"))).toBe(true);
  });
});
