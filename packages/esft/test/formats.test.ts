import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkScoresFit,
  createTraceWriter,
  formatCompletions,
  formatExpertConfig,
  formatSummary,
  formatTraceLines,
  layoutFromConfig,
  parseCompletions,
  parseEvalRecords,
  parseExpertConfig,
  parseSummary,
  parseTrace,
  parseTrainRecords,
  readEvalRecords,
  readExpertConfig,
  readExpertScores,
  readTaskFile,
  readTraces,
  readTrainRecords,
  scoreExperts,
  writeCompletions,
  writeExpertConfig,
  writeExpertScores,
} from "../src";
import { inferTopK } from "../src/formats/infer-top-k";
import { collect } from "./support/collect";
import { temporaryFolder } from "./support/temporary-folder";
import { TinyModel } from "./support/tiny-model";

describe("expert_cfg.json", () => {
  it("survives writing and reading, whatever it holds", () => {
    const list = fc.uniqueArray(fc.nat(63), { maxLength: 9 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(60), list), { selector: ([layer]) => layer }),
        fc.boolean(),
        fc.boolean(),
        (entries, sharedExperts, nonExpertModules) => {
          const config = { experts: new Map(entries), sharedExperts, nonExpertModules };
          expect(parseExpertConfig(formatExpertConfig(config))).toEqual(config);
        },
      ),
    );
  });

  it("takes missing flags as false and ignores other keys", () => {
    expect(parseExpertConfig('{"experts": {"3": []}, "made_by": "x"}')).toEqual({
      experts: new Map([[3, []]]),
      sharedExperts: false,
      nonExpertModules: false,
    });
  });

  it.each([
    ["{", /expert_cfg.json: line 1: not JSON/],
    ["[]", /must be a JSON object/],
    ["{}", /expert_cfg.json: experts is missing: expected an object of lists by layer/],
    ['{"experts": {"a": [1]}}', /the key of experts must be an integer, got "a"/],
    ['{"experts": {"1": [1.5]}}', /experts\["1"\] must be a list of expert numbers/],
    ['{"experts": {"1": [-1]}}', /experts\["1"\] must be a list of expert numbers/],
    ['{"experts": {"1": [2, 2]}}', /experts\["1"\] must be a list without repetition/],
    ['{"experts": {}, "shared_experts": 1}', /shared_experts must be true or false, got 1/],
  ])("refuses %s, naming file and key", (text, message) => {
    expect(() => parseExpertConfig(text)).toThrow(message);
    expect(() => parseExpertConfig(text)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });

  it("is written completely, and its path is named when it cannot be read", async () => {
    const file = join(temporaryFolder(), "expert_cfg.json");
    const config = {
      experts: new Map([[1, [4, 2]]]),
      sharedExperts: true,
      nonExpertModules: false,
    };
    await writeExpertConfig(file, config);
    expect(await readExpertConfig(file)).toEqual(config);
    expect(readdirSync(join(file, ".."))).toEqual(["expert_cfg.json"]);
    await expect(readExpertConfig(`${file}.not`)).rejects.toThrow(
      /cannot read .*expert_cfg.json.not/,
    );
    await expect(writeExpertConfig(`${file}/x/y`, config)).rejects.toMatchObject({
      code: "ERR_IO",
    });
  });

  it("is checked against a model's layout: it must fit, and train something", async () => {
    const file = join(temporaryFolder(), "expert_cfg.json");
    const layout = layoutFromConfig(tinyConfig);
    const read = async (experts: Record<string, number[]>, more = {}) => {
      writeFileSync(file, JSON.stringify({ experts, ...more }));
      return readExpertConfig(file, { layout });
    };
    expect((await read({ 1: [3], 2: [] })).experts.get(1)).toEqual([3]);
    await expect(read({ 1: [3] })).rejects.toThrow(/experts\["2"\] must be there/);
    await expect(read({ 1: [4], 2: [] })).rejects.toMatchObject({ code: "ERR_MISMATCH" });
    await expect(read({ 1: [], 2: [] })).rejects.toMatchObject({ code: "ERR_MISSING" });
    expect(await read({ 1: [], 2: [] }, { shared_experts: true })).toBeDefined();
  });
});

const tinyConfig = {
  model_type: "deepseek",
  num_hidden_layers: 3,
  hidden_size: 8,
  moe_intermediate_size: 4,
  n_routed_experts: 4,
  num_experts_per_tok: 2,
  n_shared_experts: 1,
  moe_layer_freq: 1,
  first_k_dense_replace: 1,
  vocab_size: 16,
  num_attention_heads: 2,
  intermediate_size: 8,
};

describe("a task's file", () => {
  const written = (name: string, text: string) => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, text);
    return file;
  };
  const chat = '{"messages": [{"role": "user", "content": "a"}]}\n';

  it("holds conversations or prompts, and is marked as the task that it is named for", async () => {
    const read = await readTaskFile(
      written("Law-eval.jsonl", '\n{"prompt": "p", "answers": ["a"]}'),
    );
    expect(read).toMatchObject({ kind: "eval", metric: "rouge-l", records: [{ prompt: "p" }] });
    const train = await readTaskFile(written("my-law.jsonl", chat));
    expect(train).toMatchObject({ kind: "train", metric: undefined });
    expect((await readTaskFile(written("intent.jsonl", chat))).metric).toBe("intent");
  });

  it("is read as conversations where the first line is no JSON, which names the line", async () => {
    await expect(readTaskFile(written("a.jsonl", "{"))).rejects.toThrow(/line 1: not JSON/);
    await expect(readTaskFile(written("a.jsonl", ""))).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});

describe("scores of a folder", () => {
  it("are refused when they are of another model than the layout's", async () => {
    const folder = temporaryFolder();
    const layout = layoutFromConfig(tinyConfig);
    const rows = (...layers: number[]) =>
      new Map(layers.map((layer) => [layer, Float64Array.of(0.25, 0.25, 0.5, 0)]));
    await writeExpertScores(folder, { token: rows(1, 2), gate: null });
    expect((await readExpertScores(folder, { layout })).token.size).toBe(2);
    await writeExpertScores(folder, { token: rows(1), gate: null });
    const reading = readExpertScores(folder, { layout });
    await expect(reading).rejects.toMatchObject({ code: "ERR_MISMATCH" });
    await expect(reading).rejects.toThrow(/summary.json: token_scores\["2"\] must be there/);
  });
});

describe("summary.json", () => {
  const token = new Map([
    [1, Float64Array.of(0.25, 0.75)],
    [4, Float64Array.of(1, 0)],
  ]);

  it("may lack gate scores, and survives writing and reading", () => {
    const scores = parseSummary(formatSummary({ token, gate: null }));
    expect(scores).toEqual({ token, gate: null });
    const both = { token, gate: token };
    expect(parseSummary(formatSummary(both))).toEqual(both);
  });

  it.each([
    ["{}", /token_scores is missing: expected an object of layers/],
    ['{"token_scores": {"1": {}}}', /token_scores\["1"\] must be an object of scores by expert/],
    [
      '{"token_scores": {"1": {"0": NaN}}}',
      /\["1"\]\["0"\] must be a number of at least 0, got "NaN"/,
    ],
    ['{"token_scores": {"1": {"0":-Infinity}}}', /\["0"\] must be .* got "-Infinity"/],
    ['{"token_scores": {"1": {"0": -1}}}', /\["1"\]\["0"\] must be a number of at least 0, got -1/],
    ['{"token_scores": {"1": {"0": 1, "5": 0}}}', /one of experts 0 to 1, without gaps, got 5/],
    ['{"token_scores": {"1": {"0": 1}}, "gate_scores": {"2": {"0": 1}}}', /gate_scores\["2"\]/],
    [
      '{"token_scores": {"1": {"0": 1}, "2": {"0": 1}}, "gate_scores": {"2": {"0": 1}}}',
      /gate_scores must be 2 layers/,
    ],
  ])("refuses %s, naming file and key", (text, message) => {
    expect(() => parseSummary(text, { file: "a/summary.json" })).toThrow(message);
    expect(() => parseSummary(text, { file: "a/summary.json" })).toThrow(/a\/summary.json/);
  });

  it("must fit the model", () => {
    const scores = { token, gate: null };
    const layers = (...entries: [number, number][]) => new Map(entries);
    expect(() => checkScoresFit(scores, layers([1, 2], [4, 2]))).not.toThrow();
    expect(() => checkScoresFit(scores, layers([1, 2], [4, 3]))).toThrow(
      /summary.json: token_scores\["4"\] must have 3 experts as the model's block has, got 2/,
    );
    expect(() => checkScoresFit(scores, layers([1, 2], [4, 2], [5, 2]))).toThrow(
      /\["5"\] must be there/,
    );
    expect(() => checkScoresFit(scores, layers([1, 2]))).toThrow(
      /\["4"\] must be one of the blocks/,
    );
    expect(() =>
      formatSummary({ token: new Map([[1, Float64Array.of(Number.NaN)]]), gate: null }),
    ).toThrow(/must be finite/);
  });
});

describe("trace files", () => {
  it("are read whatever their number of lines, and refused for experts that no layer has", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "expert_weights_0.txt"), "1\t0\t\t0.5\t0.5\n".repeat(200_000));
    const scores = await readTraces(folder, { topK: 2, experts: 2 });
    expect([...scores.token.get(0)!]).toEqual([0.5, 0.5]);
    for (const id of ["300000000", "1e15", "65536"]) {
      writeFileSync(join(folder, "expert_weights_0.txt"), `${id}\t1\t\t0.5\t0.5\n1\t0\t\t1\t1\n`);
      await expect(readTraces(folder)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    }
    await expect(readTraces(folder, { topK: 1, experts: 3e8 })).rejects.toMatchObject({
      name: "EsftError",
    });
  });

  it("have ids, an empty field and weights of 4 decimals, one line per sequence", () => {
    const text = formatTraceLines({
      topK: 2,
      sequences: 2,
      ids: [8, 26, -1, -1, 1, 0, 2, 3],
      weights: [0.05104, 1, 0, 0, 0.5, 0.00001, 0.25, 0.12345],
    });
    expect(text).toBe("8\t26\t\t0.051\t1.0\n1\t0\t2\t3\t\t0.5\t0.0\t0.25\t0.1235\n");
    expect(parseTrace(text, { file: "t" })).toEqual([
      { ids: [8, 26], weights: [0.051, 1] },
      { ids: [1, 0, 2, 3], weights: [0.5, 0, 0.25, 0.1235] },
    ]);
  });

  it("may have trailing tabs, blank lines, carriage returns and a last line that was cut off", () => {
    const parse = (text: string) => parseTrace(text, { file: "t" });
    const whole = { ids: [1, 2], weights: [0.1, 0.2] };
    expect(parse("1\t2\t\t0.1\t0.2\t\r\n\n")).toEqual([whole]);
    expect(parse("1\t2\t\t0.1\t0.2\n3\t4\t5\t6\t\t0.1\t0.2\t0.")).toEqual([
      whole,
      { ids: [3, 4], weights: [0.1, 0.2] },
    ]);
    expect(parse("1\t2\t\t0.1\t0.2\n3\t4\t5")).toEqual([whole]);
    expect(parse("1\t2\t\t0.1\t0.2\n3\t4\t\t0.")).toEqual([whole]);
  });

  it.each([
    ["1\t2\n1\t2\t\t0.1\t0.2\n", /t.txt: line 1 must hold ids, an empty field and weights/],
    ["1\t2\t\t0.1\n1\t2\t\t0.1\t0.2\n", /line 1 must hold as many weights as ids, got 2 and 1/],
    ["1\tx\t\t0.1\t0.2\n", /line 1 must hold expert numbers, got NaN/],
    ["1\t2\t\t0.1\tnan\n", /line 1 must hold weights of at least 0, got NaN/],
    ["1\t\t0.1\t0.2\n", /line 1 must hold as many weights as ids, got 1 and 2/],
  ])("refuse %j, naming file and line", (text, message) => {
    expect(() => parseTrace(text, { file: "t.txt" })).toThrow(message);
  });

  it("say by themselves how many experts a token has", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat(1e6)),
        (topK, numbers) => {
          const lines = Array.from({ length: 40 }, () => {
            const tokens = 1 + (numbers.next().value % 7);
            const ids = Array.from({ length: tokens }, () => {
              const start = numbers.next().value % 8;
              return Array.from({ length: topK }, (_, i) => (start + i) % 8);
            }).flat();
            return { ids, weights: ids.map(() => 0.1) };
          });
          expect(inferTopK(lines)).toBe(topK);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("say in two tokens how many experts each has, where the weights tell", () => {
    const first = { ids: [3, 7, 1, 12], weights: [0.5, 0.2, 0.7, 0.1] };
    expect(inferTopK([first])).toBe(2); // four weights would sum to more than 1
    const five = {
      ids: [3, 7, 1, 12, 0, 5, 8, 9, 2, 4],
      weights: [0.5, 0.2, 0.6, 0.3, 0.4, 0.3, 0.7, 0.2, 0.5, 0.1],
    };
    expect(inferTopK([five])).toBe(2);
  });

  it("say that they are too short where nothing tells, and do not guess", () => {
    const line = { ids: [3, 7, 1, 12], weights: [0.2, 0.1, 0.09, 0.08] };
    expect(() => inferTopK([line])).toThrow(
      expect.objectContaining({ code: "ERR_MISSING", fields: { candidates: [4, 2, 1] } }),
    );
  });

  it("record what scoring sees, flat or by rank, and give the same scores back", async () => {
    const folder = temporaryFolder();
    const model = new TinyModel();
    const sampleList = [[[1, 2, 3, 4, 5, 6, 7]], [[8, 9, 10, 11]], [[12, 1, 5]], [[3, 6, 2, 9, 1]]];
    const writer = await createTraceWriter(join(folder, "rank_0"));
    const { result } = await collect(
      scoreExperts(model, sampleList, { run: (ids) => model.hidden(ids), record: writer.record }),
    );
    expect(readdirSync(join(folder, "rank_0")).every((name) => name.endsWith(".tmp"))).toBe(true);
    await writer.close();
    expect(readdirSync(join(folder, "rank_0"))).toEqual([
      "expert_weights_1.txt",
      "expert_weights_2.txt",
    ]);
    for (const place of [folder, join(folder, "rank_0")]) {
      const read = await readTraces(place, { topK: 2, experts: 5 });
      for (const layer of [1, 2]) {
        expect(read.token.get(layer)!).toBeAllclose(result.token.get(layer)!, { atol: 1e-12 });
        expect(read.gate!.get(layer)!).toBeAllclose(result.gate!.get(layer)!, { atol: 5e-5 });
      }
    }
    await writeExpertScores(folder, result);
    const fromSummary = await readExpertScores(folder);
    expect(fromSummary.token.get(1)!).toBeAllclose(result.token.get(1)!, { atol: 5.01e-5 });
    model.dispose();
  });

  it("leave nothing when they are discarded, and are missed when there are none", async () => {
    const folder = temporaryFolder();
    const writer = await createTraceWriter(folder);
    await writer.record(1, { topK: 1, ids: [0], weights: [1] });
    await writer.discard();
    expect(readdirSync(folder)).toEqual([]);
    const made = await createTraceWriter(join(folder, "new"));
    await made.record(1, { topK: 1, ids: [0], weights: [1] });
    await made.discard();
    expect(readdirSync(folder)).toEqual([]);
    await expect(readTraces(folder)).rejects.toThrow(
      /must hold files expert_weights_\{layer\}.txt/,
    );
    writeFileSync(join(folder, "expert_weights_1.txt"), "");
    await expect(readTraces(folder)).rejects.toThrow(/layer 1 routed no token/);
    mkdirSync(join(folder, "rank_1"));
    writeFileSync(join(folder, "rank_1", "expert_weights_1.txt"), "1\t0\t\t0.5\t0.5\n");
    expect((await readTraces(folder, { topK: 2 })).token.get(1)).toEqual(Float64Array.of(0.5, 0.5));
    await expect(readTraces(folder, { topK: 2, experts: 1 })).rejects.toThrow(
      /topK must be from 1 to 1/,
    );
  });
});

describe("task files", () => {
  it.skipIf(sharedIsMissing)("of the official repository are read", async () => {
    const train = await readTrainRecords(shared("data/esft/intent-train-800.jsonl"));
    expect(train).toHaveLength(800);
    expect(train[0]).toMatchObject({ id: "NLU05793", dataset: "df_511_intent" });
    expect(train[0]!.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    for (const [task, count] of [
      ["intent", 60],
      ["law", 20],
      ["summary", 20],
      ["translation", 30],
    ] as const) {
      const records = await readEvalRecords(shared(`data/esft/${task}-eval-${count}.jsonl`));
      expect(records).toHaveLength(count);
      expect(records[0]!.prompt.endsWith("Assistant:")).toBe(true);
      expect(records[0]!.rawAnswers.length).toBeGreaterThan(0);
    }
  });

  it("keep masks and systems, and let one list of answers stand for the other", () => {
    const [record] = parseTrainRecords(
      '{"messages": [{"role": "system", "content": "s"}, {"role": "assistant", "content": "a", "mask": 1}]}\n',
    );
    expect(record).toEqual({
      id: null,
      dataset: null,
      messages: [
        { role: "system", content: "s" },
        { role: "assistant", content: "a", mask: 1 },
      ],
    });
    expect(parseEvalRecords('{"prompt": "p", "answers": ["x"]}')).toEqual([
      { idx: 0, prompt: "p", answers: ["x"], rawAnswers: ["x"] },
    ]);
  });

  it.each([
    ["", /task.jsonl: there is no record in it/],
    ["\n\n", /task.jsonl: there is no record in it/],
    ["nope", /task.jsonl: line 1: not JSON/],
    ["\n[1]", /task.jsonl: line 2: the line must be a JSON object, got \[1\]/],
    ['{"messages": []}', /line 1: messages must be a list of at least one turn/],
    ['{"messages": [1]}', /messages\[0\] must be an object with role and content/],
    [
      '{"messages": [{"role": "bot", "content": ""}]}',
      /messages\[0\].role must be system, user or assistant, got "bot"/,
    ],
    ['{"messages": [{"role": "user"}]}', /messages\[0\].content is missing: expected text/],
    [
      '{"messages": [{"role": "user", "content": "", "mask": 2}]}',
      /messages\[0\].mask must be 0 or 1, got 2/,
    ],
  ])("refuse %j, naming file, line and key", (text, message) => {
    expect(() => parseTrainRecords(text)).toThrow(message);
  });

  it.each([
    ['{"answers": ["x"]}', /prompt is missing: expected text/],
    ['{"prompt": "p"}', /raw_answers is missing: expected a list of at least one text/],
    [
      '{"prompt": "p", "raw_answers": ["x"], "answers": []}',
      /answers must be a list of at least one/,
    ],
    ['{"idx": "a", "prompt": "p", "answers": ["x"]}', /idx must be a number/],
  ])("refuse the evaluation record %j", (text, message) => {
    expect(() => parseEvalRecords(text)).toThrow(message);
  });

  it("of results survive writing and reading", async () => {
    const completions = [{ prompt: "p\n", rawPrediction: "é", rawAnswers: ["a"], score: 0.5 }];
    expect(parseCompletions(formatCompletions(completions))).toEqual(completions);
    const file = join(temporaryFolder(), "completions.jsonl");
    await writeCompletions(file, completions);
    expect(parseCompletions(readFileSync(file, "utf8"))).toEqual(completions);
    expect(existsSync(`${file}.tmp`)).toBe(false);
    for (const [text, message] of [
      ["{}", /example is missing: expected an object/],
      ['{"example": {"prompt": 1}}', /example.prompt must be text/],
      ['{"example": {"prompt": "p"}}', /example.raw_prediction is missing: expected text/],
      ['{"example": {"prompt": "p", "raw_prediction": "r"}}', /example.raw_answers/],
      [
        '{"example": {"prompt": "p", "raw_prediction": "r", "raw_answers": ["a"]}}',
        /score is missing: expected a number/,
      ],
    ] as const)
      expect(() => parseCompletions(text)).toThrow(message);
  });
});
