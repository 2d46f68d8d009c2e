import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { CausalLM, parseConfig, saveModel, saveTokenizer, trainBpe } from "@deepgrain/lm";
import { generateProblem, noisySolver } from "@deepgrain/prm/world";
import { Generator } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { call } from "../call";

const jsonl = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const linesOf = async (path: string) =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

async function folderWith(files: Record<string, readonly unknown[] | string>) {
  const cwd = await temporaryFolder();
  for (const [name, rows] of Object.entries(files))
    await writeFile(join(cwd, name), typeof rows === "string" ? rows : jsonl(rows));
  return cwd;
}

let base: string;
beforeAll(async () => {
  base = join(
    await import("node:fs/promises").then(({ mkdtemp }) => mkdtemp("/tmp/deepgrain-")),
    "base",
  );
  const tokenizer = await trainBpe(["hello"], {
    vocabSize: 258,
    specialTokens: ["<s>", "</s>"],
    minFrequency: 1,
  });
  await saveTokenizer(base, { tokenizer, config: { bos_token: "<s>", eos_token: "</s>" } });
  const config = parseConfig({
    model_type: "llama",
    vocab_size: 258,
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    max_position_embeddings: 96,
    bos_token_id: 0,
    eos_token_id: 1,
  });
  await saveModel(base, new CausalLM(config, { generator: new Generator(1) }));
  return () => rm(join(base, ".."), { recursive: true, force: true });
});

/** Problems whose steps end in a number: even ones are good. */
const labelled = Array.from({ length: 60 }, (_, i) => {
  const [first, second] = [i % 10, (i + Math.floor(i / 10)) % 10];
  return {
    id: `p${i}`,
    problem: `q${(7 * i) % 10}`,
    steps: [`a ${first}`, `b ${second}`],
    gold: String(second),
    values: [(first + 1) % 2, (second + 1) % 2],
    isAnswerRight: second % 2 === 0,
  };
});

interface MockBehaviour {
  finish?: (request: number) => "stop" | "length";
  isBroken?: (request: number) => boolean;
}

const pause = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));

/** A server with OpenAI's completions, of whatever `answer` says to a prompt. */
async function mockEndpoint(
  answer: (prompt: string, seed: number) => string,
  { finish = () => "stop", isBroken = () => false }: MockBehaviour = {},
) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    if (isBroken(requests)) {
      response.writeHead(400).end();
      return;
    }
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const { prompt, seed, n } = JSON.parse(body);
      const text = answer(prompt, seed);
      const usage = { prompt_tokens: prompt.length, completion_tokens: text.length };
      response.setHeader("content-type", "application/json");
      const choices = Array.from({ length: n }, (_, index) => ({
        index,
        text,
        finish_reason: finish(requests),
      }));
      response.end(JSON.stringify({ choices, usage }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, requests: () => requests };
}

const solvable = Array.from({ length: 6 }, (_, i) => generateProblem(i, { steps: [3, 4] }));
const solver = noisySolver(solvable, { slip: 0.3 });
/** The solver's text after a prompt. */
async function answers() {
  const known = new Map<string, string>();
  for (const { problem, steps } of solvable)
    for (let count = 0; count < steps.length; count++) {
      const prefix = { problem, steps: steps.slice(0, count) };
      const [made] = await solver(prefix, { seeds: [count] });
      known.set([problem, ...prefix.steps].join("\n"), (made as { text: string }).text);
    }
  return (prompt: string) => known.get(prompt.trim()) ?? "The answer is: 0";
}
const solutions = solvable.map(({ id, problem, steps, answer }) => ({
  id,
  problem,
  steps,
  gold: answer,
}));

describe("prm grade", () => {
  it.skipIf(sharedIsMissing)(
    "reproduces the verdicts on 1,600 recorded model solutions",
    async () => {
      const recorded = await linesOf(shared("data/math/gsm8k-model-solutions-400.jsonl"));
      const all = recorded.flatMap(({ question, ground_truth: gold, ...models }, i) =>
        Object.entries<{ solution: string; is_correct: boolean }>(models).map(([model, own]) => ({
          row: {
            id: `${i} ${model}`,
            completion: own.solution,
            gold,
            format: "gsm8k",
            marker: "A: ",
          },
          expected: own.is_correct,
        })),
      );
      const cwd = await folderWith({ "rows.jsonl": all.map(({ row }) => row) });
      const args = ["prm", "grade", "--completions", "rows.jsonl", "--out", "out.jsonl", "--json"];
      expect(JSON.parse((await call(args, { cwd })).out)).toMatchObject({
        rows: 1600,
        rejected: 0,
      });
      const graded = await linesOf(join(cwd, "out.jsonl"));
      expect(graded.map(({ correct }) => correct)).toEqual(all.map(({ expected }) => expected));
    },
  );

  it("grades by each row's own rules, and counts and notes malformed rows", async () => {
    const rows = [
      { id: 1, completion: "so\n#### 1,234", gold: "#### 1234", format: "gsm8k" },
      { id: "b", completion: "\\boxed{\\frac12}", gold: "0.5", format: "math" },
      { id: "c", completion: "A: 7", gold: "8", format: "gsm8k", marker: "A: " },
    ];
    const cwd = await folderWith({ "rows.jsonl": `${jsonl(rows)}\n{"id": 4}\nnot json\n` });
    const { code, out, err } = await call(
      ["prm", "grade", "--completions", "rows.jsonl", "--out", "out.jsonl", "--json"],
      { cwd },
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ rows: 3, correct: 2, rejected: 2 });
    expect(err).toMatch(/line 4: .*completion is missing: expected text/);
    expect(err).toMatch(/line 5: not JSON/);
    const graded = await linesOf(join(cwd, "out.jsonl"));
    expect(graded.map(({ id, correct }) => [id, correct])).toEqual([
      [1, true],
      ["b", true],
      ["c", false],
    ]);
    expect(graded[2]).toEqual({ id: "c", extracted: "7", correct: false });
  });
});

describe("prm verify --in", () => {
  const problems = solvable.map(({ id, problem, answer }) => ({ id, problem, answer }));

  it("writes results as they come, and the same command goes on after a failure", async () => {
    const cwd = await folderWith({ "in.jsonl": problems });
    let breaksAt = 4;
    const endpoint = await mockEndpoint(await answers(), {
      isBroken: (request) => request === breaksAt,
    });
    const server = ["--endpoint", endpoint.url, "--endpoint-model", "mock", "--retries", "0"];
    const n = ["--n", "4", "--completions-per-request", "4"];
    const args = ["prm", "verify", "--in", "in.jsonl", ...n, ...server, "--out", "v.jsonl"];
    const stopped = await call(args, { cwd });
    expect(stopped.code).not.toBe(0);
    expect(stopped.err).toContain("status 400");
    expect(await linesOf(join(cwd, "v.jsonl"))).toHaveLength(3);
    // A killed run may leave half a line.
    await writeFile(join(cwd, "v.jsonl"), '{"id":"ha', { flag: "a" });
    breaksAt = 0;
    expect(await call(args, { cwd })).toMatchObject({ code: 0 });
    expect(endpoint.requests()).toBe(1 + problems.length);
    const rows = await linesOf(join(cwd, "v.jsonl"));
    expect(rows.map(({ id }) => id)).toEqual(problems.map(({ id }) => id));
    expect(rows[0].solutions[0]).toMatchObject({ finishReason: "end" });
    expect(await call(args, { cwd })).toMatchObject({ code: 0 });
    expect(endpoint.requests()).toBe(1 + problems.length);
    const other = await call([...args, "--seed", "1"], { cwd });
    expect(other.code).not.toBe(0);
    expect(other.err).toContain("begun with another seed: 0, now 1");
  });

  it("counts truncated completions, and warns above 5 %", async () => {
    const cwd = await folderWith({ "in.jsonl": problems.slice(0, 2) });
    const endpoint = await mockEndpoint(await answers(), {
      finish: (request) => (request === 1 ? "length" : "stop"),
    });
    const server = ["--endpoint", endpoint.url, "--endpoint-model", "mock"];
    const args = ["prm", "verify", "--in", "in.jsonl", "--n", "4", ...server];
    const { code, out, err } = await call([...args, "--json"], { cwd });
    expect(code).toBe(0);
    expect(err).toContain("1 of 8 completions were cut at --max-new-tokens");
    expect(err).toContain("warning: above 5 %");
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).truncated),
    ).toEqual([1, 0]);
  });
});

describe("prm evaluate --form process-bench", () => {
  it("scores every row once", async () => {
    const bench = labelled.slice(0, 5).map(({ id, problem, steps, values }) => ({
      id,
      generator: "g",
      problem,
      steps,
      final_answer_correct: values[1] === 1,
      label: values.indexOf(0),
    }));
    const cwd = await folderWith({ "bench.jsonl": bench });
    let requests = 0;
    const server = createServer((request, response) => {
      requests++;
      request.resume();
      const scores = { data: [{ data: [0.9, 0.9] }], usage: { prompt_tokens: 3 } };
      response.end(JSON.stringify(scores));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const scorer = ["--scorer-endpoint", `http://127.0.0.1:${port}`, "--scorer-model", "m"];
    const args = ["prm", "evaluate", ...scorer, "--in", "bench.jsonl", "--form", "process-bench"];
    const { code, out, err } = await call([...args, "--json"], { cwd });
    expect(code, err).toBe(0);
    expect(requests).toBe(5);
    const right = labelled.slice(0, 5).filter(({ values }) => !values.includes(0)).length;
    expect(JSON.parse(out)).toMatchObject({ rows: 5, processBench: { errorAccuracy: 0 } });
    expect(JSON.parse(out).processBench.correctAccuracy).toBe(right > 0 ? 1 : 0);
  });
});

describe("prm annotate", () => {
  it("plans what it then takes", async () => {
    const cwd = await folderWith({ "in.jsonl": solutions });
    const endpoint = await mockEndpoint(await answers());
    const server = ["--endpoint", endpoint.url, "--endpoint-model", "mock"];
    const args = ["prm", "annotate", "--in", "in.jsonl", "--n", "4", ...server];
    const planned = await call([...args, "--plan", "--json"], { cwd });
    expect(endpoint.requests()).toBe(0);
    const run = await call([...args, "--out", "run", "--json"], { cwd });
    expect(run).toMatchObject({ code: 0 });
    const { completions } = JSON.parse(run.out);
    expect(completions).toBe(JSON.parse(planned.out).completions);
    expect(endpoint.requests()).toBe(completions);
    const labels = await linesOf(join(cwd, "run/labels.jsonl"));
    expect(labels.map(({ id }) => id)).toEqual(solutions.map(({ id }) => id));
    // The same command with --resume finds everything done.
    const again = await call([...args, "--out", "run", "--resume", "--json"], { cwd });
    expect(again).toMatchObject({ code: 0 });
    expect(endpoint.requests()).toBe(completions);
  });

  it("stops at its budget, keeps what is done, and goes on with a larger one", async () => {
    const cwd = await folderWith({ "in.jsonl": solutions });
    const endpoint = await mockEndpoint(await answers());
    const server = [
      "--endpoint",
      endpoint.url,
      "--endpoint-model",
      "mock",
      "--max-new-tokens",
      "50",
    ];
    const args = ["prm", "annotate", "--in", "in.jsonl", "--n", "2", ...server, "--out", "run"];
    const poor = await call([...args, "--token-budget", "6000"], { cwd });
    expect(poor.code).toBe(1);
    expect(poor.err).toMatch(/exceeds the \d+ left of 6000/);
    const sent = endpoint.requests();
    expect(sent).toBeGreaterThan(0);
    expect(await call([...args, "--resume", "--token-budget", "1000000"], { cwd })).toMatchObject({
      code: 0,
    });
    expect(await linesOf(join(cwd, "run/labels.jsonl"))).toHaveLength(solutions.length);
    const stored = (await linesOf(join(cwd, "run/journal.jsonl")))
      .filter(({ type }) => type === "completion")
      .map(({ solution, step, index }) => `${solution} ${step} ${index}`);
    const wanted = 2 * solutions.reduce((sum, { steps }) => sum + steps.length - 1, 0);
    expect(stored).toHaveLength(wanted);
    expect(new Set(stored).size).toBe(wanted);
    expect(endpoint.requests()).toBeLessThanOrEqual(wanted + 8); // those in flight when the budget ended
  });

  it("works through a queue of its own with the same labels", async () => {
    const cwd = await folderWith({ "in.jsonl": solutions });
    const args = ["prm", "annotate", "--in", "in.jsonl", "--n", "2", "--model", base];
    const own = [...args, "--max-new-tokens", "4", "--seed", "3"];
    const plain = await call([...own, "--out", "plain", "--json"], { cwd });
    expect(plain, plain.err).toMatchObject({ code: 2 }); // the model is too small for these texts
    expect(plain.err).toMatch(/exceed the model's 96 positions/);
    const endpoint = await mockEndpoint(await answers());
    const server = ["--endpoint", endpoint.url, "--endpoint-model", "mock"];
    const common = ["prm", "annotate", "--in", "in.jsonl", "--n", "2", ...server, "--out"];
    expect(await call([...common, "embedded"], { cwd })).toMatchObject({ code: 0 });
    const queued = await call([...common, "queued", "--queue", "start", "--workers", "2"], { cwd });
    if (/needs the program valkey-server/.test(queued.err)) return;
    expect(queued, queued.err).toMatchObject({ code: 0 });
    expect(await linesOf(join(cwd, "queued/labels.jsonl"))).toEqual(
      await linesOf(join(cwd, "embedded/labels.jsonl")),
    );
  });

  it("may leave the work to workers that read the queue's password from a private file", async () => {
    const cwd = await folderWith({ "in.jsonl": solutions });
    const endpoint = await mockEndpoint(await answers());
    const server = ["--endpoint", endpoint.url, "--endpoint-model", "mock", "--n", "2"];
    const common = ["prm", "annotate", "--in", "in.jsonl", ...server, "--out", "run"];
    const produced = call([...common, "--queue", "start", "--workers", "0"], { cwd });
    const file = join(cwd, "run/queue.address");
    const isThere = () => stat(file).catch(() => undefined);
    const ended = produced.then(() => true);
    while (!(await isThere()) && !(await Promise.race([ended, pause(20)])));
    if (!(await isThere())) {
      expect((await produced).err).toMatch(/needs the program valkey-server/);
      return;
    }
    expect((await isThere())!.mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toMatch(/^redis:\/\/:[0-9a-f]{48}@127\.0\.0\.1:\d+\n$/);
    const stop = new AbortController();
    const worker = call(["prm", "annotate", "--worker", "--queue", file, ...server], {
      cwd,
      signal: stop.signal,
    });
    await Promise.race([produced, worker]);
    stop.abort();
    expect(await worker).toMatchObject({ code: 0 });
    const { code, err } = await produced;
    stop.abort();
    await worker;
    expect(code, err).toBe(0);
    expect(await linesOf(join(cwd, "run/labels.jsonl"))).toHaveLength(solutions.length);
    expect(await isThere()).toBeUndefined();
  });

  it.each([
    [[], "--in is missing"],
    [["--in", "in.jsonl"], "--out is missing"],
    [["--worker"], "--worker needs --queue with an address"],
    [["--in", "in.jsonl", "--out", "x", "--queue", "somewhere"], "redis://host:6379"],
    [["--in", "in.jsonl", "--out", "x", "--model", "."], "either --model or --endpoint"],
  ])("refuses %j", async (flags, message) => {
    const cwd = await folderWith({ "in.jsonl": solutions });
    const server = ["--endpoint", "http://127.0.0.1:9/v1", "--endpoint-model", "m"];
    const { code, err } = await call(["prm", "annotate", ...flags, ...server], { cwd });
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("a reward model from the command line", () => {
  it("is trained, scores in colours and as a page, is measured, and teaches a policy", async () => {
    const cwd = await folderWith({
      "labels.jsonl": labelled,
      "bench.jsonl": labelled.slice(0, 8).map(({ id, problem, steps, values }) => ({
        id,
        generator: "g",
        problem,
        steps,
        final_answer_correct: values[1] === 1,
        label: values.indexOf(0),
      })),
      "problems.jsonl": [{ problem: "q1" }, { problem: "q2", answer: "4" }],
    });
    const train = ["prm", "train", "--model", base, "--data", "labels.jsonl", "--held-out", "0"];
    const fast = ["--batch-size", "16", "--lr", "0.01", "--json"];
    const trained = await call([...train, "--out", "judge", "--steps", "80", ...fast], { cwd });
    expect(trained, trained.err).toMatchObject({ code: 0 });
    expect(JSON.parse(trained.out).last.accuracy).toBeGreaterThan(0.9);

    const typed = ["--problem", "q1", "--solution", "a 4\\nb 7", "--html", "page.html", "--colour"];
    const scored = await call(["prm", "score", "--scorer", "judge", ...typed], { cwd });
    expect(scored.code).toBe(0);
    const [, good, bad] = scored.out.replaceAll("\u001b", "~").split("\n");
    expect(good).toMatch(/^~\[38;2;\d+;\d+;\d+m0\.[5-9]\d\d {2}a 4~\[39m$/);
    expect(bad).toMatch(/m0\.[0-4]\d\d {2}b 7/);
    const page = await readFile(join(cwd, "page.html"), "utf8");
    expect(page).toMatch(/<li style="--hue: 1[0-4]\d"><b>0\.\d{3}<\/b><span>a 4<\/span><\/li>/);

    const rows = ["prm", "evaluate", "--scorer", "judge", "--in", "bench.jsonl"];
    const measured = await call([...rows, "--form", "process-bench", "--json"], { cwd });
    expect(JSON.parse(measured.out)).toMatchObject({
      rows: 8,
      processBench: { f1: expect.any(Number) },
    });
    expect(JSON.parse(measured.out).accuracy).toBeGreaterThan(0.8);

    const sampled = ["--model", base, "--max-new-tokens", "8", "--n", "4"];
    const verified = await call(
      ["prm", "verify", "--in", "problems.jsonl", ...sampled, "--scorer", "judge", "--json"],
      { cwd },
    );
    expect(verified, verified.err).toMatchObject({ code: 0 });
    expect(verified.out.trim().split("\n")).toHaveLength(2);
    const search = [
      "prm",
      "search",
      "--problem",
      "q1",
      ...sampled,
      "--width",
      "2",
      "--max-steps",
      "2",
    ];
    for (const method of ["beam", "dvts"]) {
      const found = await call([...search, "--method", method, "--scorer", "judge", "--json"], {
        cwd,
      });
      expect(found, found.err).toMatchObject({ code: 0 });
    }

    const tuned = [
      "prm",
      "ppo",
      "--model",
      base,
      "--reward-model",
      "judge",
      "--data",
      "problems.jsonl",
    ];
    const brief = ["--steps", "4", "--batch-size", "4", "--max-new-tokens", "8", "--kl", "0.04"];
    const learned = await call([...tuned, ...brief, "--out", "tuned", "--json"], { cwd });
    expect(learned, learned.err).toMatchObject({ code: 0 });
    expect(JSON.parse(learned.out)).toMatchObject({
      steps: 4,
      last: { reward: expect.any(Number) },
    });
  });

  it("refuses what does not fit", async () => {
    const cwd = await folderWith({ "labels.jsonl": labelled });
    const train = ["prm", "train", "--model", base, "--data", "labels.jsonl", "--out", "judge"];
    const lossless = await call([...train, "--loss", "vocabulary"], { cwd });
    expect(lossless).toMatchObject({ code: 2 });
    const tags = await call([...train, "--head", "tag", "--good", "plus"], { cwd });
    expect(tags.err).toContain('--good must be one token of the model\'s tokenizer, "plus" is 4');
    const scored = await call(
      ["prm", "score", "--scorer", base, "--problem", "p", "--solution", "s"],
      { cwd },
    );
    expect(scored.err).toContain("this is no folder of a step reward model");
    expect((await call(["prm", "score", "--problem", "p"], { cwd })).code).toBe(2);
  });
});
