import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bench, humanText, vocabSize } from "./tiny-model";

const kgw = { scheme: "kgw", vocab_size: vocabSize };
const mpac = { scheme: "mpac", vocab_size: vocabSize, message_bits: 16, bias: 4 };
const embedding = ["embed", "--model", "model", "--profile", "p.json", "--key-file", "key.hex"];
const reading = ["--profile", "p.json", "--key-file", "key.hex", "--in", "marked.json"];

describe("embed and detect", () => {
  it("writes a marked text for each prompt, the same for the same seed", async () => {
    const { run, save, cwd } = await bench();
    await save("p.json", kgw);
    await writeFile(join(cwd, "prompts.txt"), "The whale\n\nThe ship\n");
    const args = [...embedding, "--prompts", "prompts.txt", "--forbid-eos", "--seed", "5"];
    await run(...args, "--out", "marked.json");
    const first = await readFile(join(cwd, "marked.json"), "utf8");
    expect(JSON.parse(await run(...args, "--json"))).toEqual(JSON.parse(first));
    const { texts } = JSON.parse(first);
    expect(texts.map((text: { prompt: string }) => text.prompt)).toEqual(["The whale", "The ship"]);
    expect(texts[0].ids).toHaveLength(200);
    const { results } = JSON.parse(await run("detect", ...reading, "--json"));
    expect(results.map((r: { verdict: string }) => r.verdict)).toEqual(["found", "found"]);
    expect(results[0].pValue).toBeLessThan(1e-6);
  });

  it("takes the likeliest token at temperature 0, except where drawing is the mark", async () => {
    const { attempt, run, save } = await bench();
    await save("p.json", kgw);
    const args = [...embedding, "--prompt", "The", "--temperature", "0", "--max-new-tokens", "5"];
    expect(await run(...args, "--seed", "1", "--json")).toBe(await run(...args, "--json"));
    for (const scheme of ["exp", "unbiased", "dip"]) {
      await save("p.json", { scheme, vocab_size: vocabSize });
      const { code, err } = await attempt(...args);
      expect(code).toBe(2);
      expect(err).toContain(`--temperature must be above 0: ${scheme} marks by how it draws`);
    }
  });

  it("marks without distortion and finds it again, by the scheme's name in the profile", async () => {
    const { run, save } = await bench();
    for (const scheme of ["unbiased", "dip"]) {
      await save("p.json", { scheme, vocab_size: vocabSize });
      await run(...embedding, "--prompt", "The whale", "--forbid-eos", "--out", "marked.json");
      const found = await run("detect", ...reading, "--json");
      expect(JSON.parse(found).results[0]).toMatchObject({ verdict: "found" });
    }
  });

  it("says not found for human text, for a wrong key, and insufficient for no text", async () => {
    const { run, attempt, save } = await bench();
    await save("p.json", kgw);
    const flags = ["detect", "--profile", "p.json", "--tokenizer", "model"];
    const human = await attempt(...flags, "--key-file", "key.hex", "--in", "human.txt");
    expect(human).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^not found: p = /),
      err: "",
    });
    const short = await attempt(...flags, "--key-file", "key.hex", "--text", "");
    expect(short.code).toBe(1);
    expect(short.out).toContain("insufficient: no token can be scored, at least 2 are needed");
    await run(...embedding, "--prompt", "The", "--forbid-eos", "--out", "marked.json");
    const wrong = ["--key-file", "other.hex", "--in", "marked.json", "--json"];
    const missed = await attempt(...flags, ...wrong);
    expect(missed.code).toBe(1);
    expect(JSON.parse(missed.out).results[0].verdict).toBe("not-found");
    const right = ["--key-file", "key.hex", "--in", "marked.json"];
    expect(await attempt(...flags, ...right)).toMatchObject({ code: 0, err: "" });
  });

  it("finds texts under a retired key and names its id", async () => {
    const { run, save, cwd } = await bench();
    await save("p.json", kgw);
    await run(...embedding, "--prompt", "The", "--forbid-eos", "--out", "marked.json");
    const key = await readFile(join(cwd, "key.hex"), "utf8");
    await writeFile(join(cwd, "ring.hex"), `ffeeddccbbaa99887766554433221100\n${key}`);
    const args = ["detect", "--profile", "p.json", "--in", "marked.json"];
    const [own] = JSON.parse(await run(...args, "--key-file", "key.hex", "--json")).results;
    const [ring] = JSON.parse(await run(...args, "--key-file", "ring.hex", "--json")).results;
    expect(ring).toMatchObject({ verdict: "found", keyId: own.keyId, keysTried: 2 });
    expect(ring.pValue).toBeCloseTo(2 * own.pValue, 12);
  });

  it("finds a pasted piece by windows, and explains token by token", async () => {
    const { run, save } = await bench();
    await save("p.json", { ...kgw, bias: 5 });
    await run(
      ...embedding,
      "--prompt",
      "The",
      "--forbid-eos",
      "--max-new-tokens",
      "80",
      "--out",
      "marked.json",
    );
    const paste = ["--attack", "copy-paste", "--human", "human.txt", "--human-tokens", "800"];
    await run(
      "attack",
      ...paste,
      "--in",
      "marked.json",
      "--tokenizer",
      "model",
      "--out",
      "pasted.json",
    );
    const flags = ["detect", "--profile", "p.json", "--key-file", "key.hex", "--in", "pasted.json"];
    const args = [...flags, "--windows", "80", "--stride", "10", "--explain", "--json"];
    const [found] = JSON.parse(await run(...args)).results;
    expect(found.verdict).toBe("found");
    expect(found.windowsTried).toBeGreaterThan(50);
    expect(found.tokens).toHaveLength(880);
    expect(found.winMax.z).toBeGreaterThan(5);
  });

  it("reads and writes Hugging Face's watermarking_config without showing its key", async () => {
    const { run, save } = await bench();
    const config = {
      greenlist_ratio: 0.25,
      bias: 4,
      hashing_key: 15485863,
      seeding_scheme: "lefthash",
      context_width: 1,
    };
    await save("p.json", { watermarking_config: config });
    const args = ["--model", "model", "--profile", "p.json"];
    const embedded = await run(
      "embed",
      ...args,
      "--prompt",
      "The",
      "--forbid-eos",
      "--out",
      "marked.json",
      "--json",
    );
    const out = await run("detect", ...args, "--in", "marked.json", "--json");
    expect(JSON.parse(out).results[0].verdict).toBe("found");
    expect(JSON.parse(out).profile).toMatchObject({ compat: "huggingface", vocab_size: vocabSize });
    expect(embedded + out).not.toContain("15485863");
  });
});

describe("decode", () => {
  it.each([
    ["bits", "1011001110001111", "1011001110001111"],
    ["integer", "201", 201],
    ["hex", "a7", "a7"],
    ["text", "k", "k"],
  ])("gives back a payload written as %s", async (codec, payload, expected) => {
    const { run, save } = await bench();
    await save("p.json", mpac);
    const flags = ["--codec", codec, "--payload", payload, "--prompt", "The", "--forbid-eos"];
    await run(...embedding, ...flags, "--max-new-tokens", "250", "--out", "marked.json");
    const out = await run("decode", ...reading, "--codec", codec, "--json");
    const [result] = JSON.parse(out).results;
    expect(result).toMatchObject({ payload: expected, verdict: "found" });
    expect(result.bitConfidence).toHaveLength(16);
    expect(await run("decode", ...reading, "--codec", codec)).toContain(`payload ${expected}\n`);
  });

  it("reads Balance-Marking with the same model, an n-gram model and none as proxy", async () => {
    const { run, save } = await bench();
    await save("p.json", {
      scheme: "ctwl-balance",
      vocab_size: vocabSize,
      bias: 5,
      message_bits: 8,
      message_code_len: 8,
    });
    for (const proxy of ["model", "human.txt", "uniform"]) {
      const flags = ["--payload", "10110010", "--prompt", "The", "--forbid-eos", "--proxy", proxy];
      await run(...embedding, ...flags, "--max-new-tokens", "90", "--out", "marked.json");
      const more = ["--model", "model", "--proxy", proxy, "--json"];
      const [result] = JSON.parse(await run("decode", ...reading, ...more)).results;
      expect(result.payload).toBe("10110010");
    }
  });

  it("gives no payload for unmarked text, and chooses among candidates only", async () => {
    const { run, save } = await bench();
    await save("p.json", mpac);
    await save("users.json", ["0000000000000000", "1011001110001111"]);
    const flags = [
      "decode",
      "--profile",
      "p.json",
      "--key-file",
      "key.hex",
      "--tokenizer",
      "model",
    ];
    const human = await run(...flags, "--in", "human.txt");
    expect(human).toMatch(/^the text is not marked\n {2}not found: p = /);
    const payload = ["--payload", "1011001110001111", "--prompt", "The", "--forbid-eos"];
    await run(
      ...embedding,
      ...payload,
      "--no-capacity-check",
      "--max-new-tokens",
      "60",
      "--out",
      "marked.json",
    );
    const some = await run(...flags, "--in", "marked.json", "--candidates", "users.json", "--json");
    expect(JSON.parse(some).results[0].payload).toBe("1011001110001111");
  });

  it("refuses schemes without a payload", async () => {
    const { attempt, save } = await bench();
    await save("p.json", kgw);
    const args = ["decode", "--profile", "p.json", "--key-file", "key.hex", "--tokenizer", "model"];
    const { code, err } = await attempt(...args, "--text", "The whale", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(err.trim()).error.message).toContain("has no payload to decode");
  });
});

describe("attack", () => {
  it.each([
    ["substitute", 100],
    ["swap", 100],
    ["delete", 70],
    ["insert", 130],
  ])("%s edits ids", async (name, length) => {
    const { run, save } = await bench();
    const ids = Array.from({ length: 100 }, (_, i) => i);
    await save("ids.json", { input_ids: [ids, ids.slice(0, 10)] });
    const args = [
      "attack",
      "--attack",
      name,
      "--edit-rate",
      "0.3",
      "--in",
      "ids.json",
      "--vocab-size",
      "320",
    ];
    const { texts } = JSON.parse(await run(...args));
    expect(texts).toHaveLength(2);
    expect(texts[0].ids).toHaveLength(length);
    expect(texts[0].ids).not.toEqual(ids);
    expect(JSON.parse(await run(...args)).texts).toEqual(texts);
  });

  it.each(["homoglyph", "fold-case", "invisible"])("%s edits letters", async (name) => {
    const { run } = await bench();
    const text = "The Whale Was Seen";
    const args = ["attack", "--attack", name, "--edit-rate", "1", "--text", text];
    const [edited] = JSON.parse(await run(...args)).texts;
    expect(edited.text).not.toBe(text);
    expect(edited.ids).toBeUndefined();
  });

  it("is undone by --normalize where a reader sees no difference", async () => {
    const { run, attempt, save } = await bench();
    await save("p.json", kgw);
    const text = humanText.slice(0, 300);
    await run(
      "attack",
      "--attack",
      "invisible",
      "--edit-rate",
      "0.5",
      "--text",
      text,
      "--out",
      "edited.json",
    );
    const flags = [
      "detect",
      "--profile",
      "p.json",
      "--key-file",
      "key.hex",
      "--tokenizer",
      "model",
      "--json",
    ];
    const scores: number[] = [];
    for (const input of [
      ["--text", text],
      ["--in", "edited.json", "--normalize"],
    ])
      scores.push(JSON.parse((await attempt(...flags, ...input)).out).results[0].score);
    expect(scores[1]).toBe(scores[0]);
  });

  it("paraphrases with a second model", async () => {
    const { run, save } = await bench();
    await save("ids.json", { input_ids: [Array.from({ length: 20 }, (_, i) => i + 1)] });
    const args = ["attack", "--attack", "paraphrase", "--edit-rate", "1", "--in", "ids.json"];
    const [edited] = JSON.parse(await run(...args, "--model", "model")).texts;
    expect(edited.ids).toHaveLength(20);
    expect(edited.ids.every((id: number, i: number) => id !== i + 1)).toBe(true);
  });

  it("says what it needs", async () => {
    const { attempt } = await bench();
    const text = ["--text", "The whale"];
    const cases = [
      [["--attack", "swap", ...text], "--tokenizer"],
      [["--attack", "copy-paste", ...text, "--tokenizer", "model"], "--human"],
      [["--attack", "paraphrase", ...text, "--tokenizer", "model"], "--model"],
      [
        ["--attack", "swap", "--edit-rate", "1.5", ...text],
        "--edit-rate must be a finite number from 0 to 1",
      ],
    ] as const;
    for (const [args, wanted] of cases) {
      const { code, err } = await attempt("attack", ...args);
      expect(code).toBe(2);
      expect(err).toContain(wanted);
    }
  });
});

describe("calibrate", () => {
  it("measures thresholds on unmarked text and writes them into the profile", async () => {
    const { run, attempt, save, cwd } = await bench();
    await save("p.json", kgw);
    const args = [
      "calibrate",
      "--profile",
      "p.json",
      "--corpus",
      "human.txt",
      "--tokenizer",
      "model",
    ];
    const more = ["--lengths", "20,40", "--fpr", "0.05", "--profile-out", "calibrated.json"];
    const out = JSON.parse(await run(...args, ...more, "--json"));
    expect(out.keys).toBe("random");
    expect(out.lengths.map((one: { length: number }) => one.length)).toEqual([20, 40]);
    for (const { meanZ, sdZ } of out.lengths) {
      expect(Math.abs(meanZ)).toBeLessThan(0.6);
      expect(Math.abs(sdZ - 1)).toBeLessThan(0.5);
    }
    const profile = JSON.parse(await readFile(join(cwd, "calibrated.json"), "utf8"));
    expect(profile.thresholds).toEqual(out.thresholds);
    const detect = ["detect", "--profile", "calibrated.json", "--key-file", "key.hex"];
    const text = ["--tokenizer", "model", "--text", "The"];
    expect(await attempt(...detect, ...text)).toMatchObject({ code: 1, err: "" });
    const own = await run(...args, ...more, "--key-file", "key.hex");
    expect(own).toMatch(/^20 tokens, false-positive rate 0.05: z > /);
  });

  it("says how long a text must be when the corpus is too short", async () => {
    const { attempt, save } = await bench();
    await save("p.json", kgw);
    await save("ids.json", { input_ids: [[1, 2, 3]] });
    const args = ["calibrate", "--profile", "p.json", "--corpus", "ids.json", "--json"];
    const { code, err } = await attempt(...args);
    expect(code).toBe(1);
    expect(err).toContain("ERR_TOO_SHORT");
  });
});
