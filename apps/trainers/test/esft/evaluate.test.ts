import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCompletions } from "@deepgrain/esft";
import { encodeChat, evaluate as evaluateModel, loadModel, loadTokenizer } from "@deepgrain/lm";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";

const conversations = ["yes", "no", "perhaps"].map((answer, i) => ({
  messages: [
    { role: "user", content: `question ${i}` },
    { role: "assistant", content: answer },
  ],
}));

const prompts = [
  { idx: 0, prompt: "User: one?\n\nAssistant:", answers: ["yes"] },
  { idx: 1, prompt: "User: two or three?\n\nAssistant:", answers: ["two", "three"] },
];

const intents = [
  { idx: 0, prompt: "a", raw_answers: ['{"intent": "A"}。'], answers: ['{"intent": "A"}'] },
];

describe("esft evaluate", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
    await writeTinyModel(join(cwd, "m"));
    await writeFile(join(cwd, "task.jsonl"), jsonLines(conversations));
    await writeFile(join(cwd, "held-out.jsonl"), jsonLines(prompts));
    await writeFile(join(cwd, "law-eval.jsonl"), jsonLines(prompts));
    await writeFile(join(cwd, "intent-eval.jsonl"), jsonLines(intents));
    return () => rm(cwd, { recursive: true, force: true });
  });

  const evaluate = (...args: string[]) =>
    call(["esft", "evaluate", "--model", "m", ...args], { cwd });
  const json = async (...args: string[]) => {
    const { out, err, code } = await evaluate(...args, "--max-new-tokens", "4", "--json");
    expect(code, err).toBe(0);
    return JSON.parse(out);
  };

  it("reports how each layer used its experts, and those that no token chose", async () => {
    const { experts, loss } = await json("--data", "task.jsonl", "--sequence-length", "64");
    expect(loss).toBeGreaterThan(0);
    expect(experts).toHaveLength(1);
    const [{ name, counts, dead, droppedFraction }] = experts;
    expect(name).toBe("model.layers.1.mlp");
    expect(dead).toEqual([3]);
    expect(droppedFraction).toBe(0);
    expect(counts[2]).toBe(counts[0] + counts[1]);
    const { out } = await evaluate("--data", "task.jsonl");
    expect(out).toMatch(/dropped +dead experts\n.* 0\.0 % +3\n$/);
  });

  it("has the loss of the answers, each conversation alone, at every sequence length", async () => {
    const several = Array.from({ length: 12 }, (_, i) => ({
      messages: [
        { role: "user", content: "why ".repeat(1 + (i % 4)) },
        { role: "assistant", content: "so ".repeat(1 + ((5 * i) % 7)) },
      ],
    }));
    await writeFile(join(cwd, "several.jsonl"), jsonLines(several));
    const tokenizer = await loadTokenizer(join(cwd, "m"));
    const model = await loadModel(join(cwd, "m"));
    const alone = several.map(({ messages }) => {
      const { inputIds: ids, labels } = encodeChat(messages, tokenizer);
      return { ids, labels, batch: 1, length: ids.length };
    });
    const wanted = await evaluateModel(model, alone);
    model.dispose();
    for (const length of ["64", "72", "100", "128", "1024"]) {
      const own = await json("--data", "several.jsonl", "--sequence-length", length);
      expect(own).toMatchObject({ tokens: wanted.tokens, conversations: 12, tooLong: 0 });
      expect(Math.abs(own.loss / wanted.loss - 1)).toBeLessThan(1e-5);
    }
  });

  it("counts conversations that are longer than a sequence, and says when none fits", async () => {
    const args = ["--data", "task.jsonl", "--sequence-length"];
    const own = await evaluate(...args, "34", "--json");
    expect(JSON.parse(own.out)).toMatchObject({ conversations: 3, tooLong: 1 });
    expect(own.err).toMatch(/1 of 3 conversations \(33.*%\) are longer than 34 tokens/);
    expect(await evaluate(...args, "9")).toMatchObject({
      code: 2,
      err: expect.stringContaining("none of the 3 conversations fits"),
    });
  });

  it("does not count padding as use of experts", async () => {
    const counted = async (length: string) => {
      const { experts } = await json("--data", "task.jsonl", "--sequence-length", length);
      return experts[0].counts.reduce((sum: number, count: number) => sum + count, 0);
    };
    expect(await counted("128")).toBe(await counted("120"));
  });

  it.each([
    { file: "task.jsonl", metric: undefined, answers: undefined },
    { file: "held-out.jsonl", metric: "chrf", answers: 2 },
    { file: "law-eval.jsonl", metric: "rouge-l", answers: 2 },
    { file: "intent-eval.jsonl", metric: "intent", answers: 1 },
  ])("marks the answers of $file by $metric", async ({ file, metric, answers }) => {
    const result = await json("--data", file);
    expect(result.metric).toBe(metric);
    expect(result.answers).toBe(answers);
    if (metric) expect(result.mean).toBeGreaterThanOrEqual(0);
  });

  it("marks by another metric, as many questions as wanted", async () => {
    const result = await json("--data", "task.jsonl", "--metric", "exact", "--answers", "2");
    expect(result).toMatchObject({ metric: "exact", mean: 0, answers: 2, conversations: 3 });
    const none = await json("--data", "law-eval.jsonl", "--metric", "none");
    expect(none.metric).toBeUndefined();
  });

  it("answers a prompt the same whatever stands beside it", async () => {
    const answered = async (batch: string) => {
      await json("--data", "held-out.jsonl", "--out", "c.jsonl", "--batch-size", batch);
      return parseCompletions(await readFile(join(cwd, "c.jsonl"), "utf8"));
    };
    const [together, alone] = [await answered("8"), await answered("1")];
    expect(together).toEqual(alone);
    expect(together.map(({ prompt, rawAnswers }) => ({ prompt, rawAnswers }))).toEqual(
      prompts.map(({ prompt, answers }) => ({ prompt, rawAnswers: answers })),
    );
    for (const { score } of together) expect(score).toBeLessThanOrEqual(1);
  });

  it("takes the official flags", async () => {
    const args = ["--eval_dataset", "law-eval.jsonl", "--eval_batch_size", "1"];
    const { code } = await call(
      [
        "esft",
        "evaluate",
        "--base_model_path",
        "m",
        ...args,
        "--max_new_tokens",
        "2",
        "--output_path",
        "o.jsonl",
      ],
      { cwd },
    );
    expect(code).toBe(0);
    expect(parseCompletions(await readFile(join(cwd, "o.jsonl"), "utf8"))).toHaveLength(2);
  });

  it("refuses answers longer than the model, unknown metrics and broken files", async () => {
    const long = await evaluate("--data", "held-out.jsonl", "--max-new-tokens", "128");
    expect(long).toMatchObject({ code: 2, err: expect.stringContaining("128 positions") });
    expect((await evaluate("--data", "task.jsonl", "--metric", "bleu")).code).toBe(2);
    await writeFile(join(cwd, "broken.jsonl"), '{"prompt": 1}\n');
    const broken = await evaluate("--data", "broken.jsonl");
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining("broken.jsonl: line 1") });
    await writeFile(
      join(cwd, "questions.jsonl"),
      jsonLines([{ messages: [{ role: "user", content: "a" }] }]),
    );
    const open = await evaluate("--data", "questions.jsonl", "--metric", "exact");
    expect(open.code).not.toBe(0);
  });
});
