import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { bench, otherSecret, secret, vocabSize } from "./tiny-model";

const kgw = { scheme: "kgw", vocab_size: vocabSize };
const embedding = ["embed", "--model", "model", "--profile", "p.json", "--prompt", "The", "--json"];
const keyed = [...embedding, "--key-file", "key.hex"];

const errorOf = (err: string) =>
  JSON.parse(err.split("\n").find((line) => line.startsWith("{"))!).error as {
    code: string;
    message: string;
  };

describe("bad input", () => {
  it.each([
    ["no key", kgw, embedding, "ERR_USAGE", "--key-file is needed"],
    ["another vocabulary", { ...kgw, vocab_size: 100 }, keyed, "ERR_SHAPE", "320"],
    ["an unknown field", { ...kgw, delta: 2 }, keyed, "ERR_PROFILE", "delta"],
    [
      "a field out of range",
      { ...kgw, greenlist_ratio: 2 },
      keyed,
      "ERR_PROFILE",
      "greenlist_ratio",
    ],
    ["no payload", { ...kgw, scheme: "mpac" }, keyed, "ERR_USAGE", "--payload is needed"],
    ["a payload too many", kgw, [...keyed, "--payload", "1"], "ERR_USAGE", "kgw has no payload"],
    [
      "a payload of another length",
      { ...kgw, scheme: "mpac" },
      [...keyed, "--payload", "101"],
      "ERR_USAGE",
      "32 bits",
    ],
    [
      "a payload that so few tokens cannot carry",
      { ...kgw, scheme: "mpac", message_bits: 8 },
      [...keyed, "--payload", "10110010", "--max-new-tokens", "9"],
      "ERR_USAGE",
      "--max-new-tokens",
    ],
    [
      "a codec that needs more bits",
      { ...kgw, scheme: "mpac", message_bits: 8 },
      [...keyed, "--codec", "record", "--payload", '{"modelVersion":1,"time":0,"userId":1}'],
      "ERR_USAGE",
      "50 bits are needed",
    ],
    ["more tokens than positions", kgw, [...keyed, "--max-new-tokens", "900"], "ERR_RANGE", "512"],
  ])("is refused: %s", async (_, profile, args, code, wanted) => {
    const { attempt, save } = await bench();
    await save("p.json", profile);
    const result = await attempt(...args);
    expect(errorOf(result.err).code).toBe(code);
    expect(result.code).toBe(["ERR_USAGE", "ERR_RANGE"].includes(code) ? 2 : 1);
    expect(errorOf(result.err).message).toContain(wanted);
    expect(result.out).toBe("");
  });

  it("is refused in texts: ids outside the vocabulary, too few tokens, other forms", async () => {
    const { attempt, save } = await bench();
    await save("p.json", { ...kgw, scheme: "ctwl-vanilla" });
    const flags = ["decode", "--profile", "p.json", "--key-file", "key.hex", "--in", "t.json"];
    const cases: [unknown, string, string][] = [
      [{ input_ids: [[1, 2, 320]] }, "ERR_TOKEN", "320 at position 2"],
      [{ input_ids: [[1, 2]] }, "ERR_TOO_SHORT", "at least 11 tokens"],
      [{ texts: [{ prompt: "a" }] }, "ERR_FORMAT", "neither text nor ids"],
      [{ texts: [{ text: "a" }] }, "ERR_USAGE", "--tokenizer"],
      [[1, 2], "ERR_FORMAT", "t.json"],
    ];
    for (const [file, code, wanted] of cases) {
      await save("t.json", file);
      const { err } = await attempt(...flags, "--json");
      expect(errorOf(err).code).toBe(code);
      expect(errorOf(err).message).toContain(wanted);
    }
  });

  it("is wrong usage where flags contradict each other", async () => {
    const { attempt, save } = await bench();
    await save("p.json", kgw);
    const detect = ["detect", "--profile", "p.json", "--key-file", "key.hex"];
    const cases = [
      [embedding.filter((arg) => arg !== "--prompt" && arg !== "The"), "--prompt or --prompts"],
      [detect, "--in or --text"],
      [[...detect, "--text", "a", "--alpha", "2"], "--alpha"],
      [[...detect, "--text", "a", "--stride", "2"], "--windows"],
      [[...detect, "--text", "a", "--windows", "10,x"], "--windows"],
      [["decode", "--profile", "p.json", "--text", "a", "--codec", "morse"], "--codec"],
      [["shout"], "unknown command"],
    ] as const;
    for (const [args, wanted] of cases) {
      const { code, err } = await attempt(...args);
      expect(err).toContain(wanted);
      expect(code).toBe(2);
    }
  });
});

describe("keys", () => {
  it("appear nowhere, whatever goes wrong", async () => {
    const { attempt, save, cwd } = await bench();
    await save("p.json", kgw);
    await save("m.json", { ...kgw, scheme: "mpac", message_bits: 4, bias: 5 });
    await writeFile(join(cwd, "broken.hex"), `${secret}\n${secret}x`);
    await writeFile(join(cwd, "twice.hex"), `${secret}\n${secret}`);
    await writeFile(join(cwd, "short.hex"), secret.slice(0, 20));
    await writeFile(join(cwd, "broken.json"), `{"profile": {}, "key": "${secret}" "ids"}`);
    await writeFile(join(cwd, "bare.json"), secret);
    const [profile, payload] = [
      ["--profile", "p.json"],
      ["--payload", "1011"],
    ];
    const model = ["--model", "model", "--prompt", "The", "--json"];
    const text = ["--tokenizer", "model", "--in", "human.txt", "--explain", "--json"];
    const calls = [
      ["embed", ...profile, ...model, "--key-file", "key.hex"],
      ["embed", "--profile", "m.json", ...model, ...payload, "--key-file", "key.hex"],
      ["embed", ...profile, ...model, "--key-file", "broken.hex"],
      ["embed", ...profile, ...model, "--key-file", "twice.hex"],
      ["embed", ...profile, ...model, "--key-file", "short.hex"],
      ["embed", "--profile", "key.hex", ...model, "--key-file", "key.hex"],
      ["embed", "--profile", "bare.json", ...model, "--key-file", "key.hex"],
      ["detect", ...profile, ...text, "--key-file", "key.hex", "--out", "detection.json"],
      ["detect", ...profile, "--text", "a", "--key", secret],
      [
        "calibrate",
        ...profile,
        "--corpus",
        "human.txt",
        "--tokenizer",
        "model",
        "--key-file",
        "key.hex",
      ],
      ["vectors", "--in", "broken.json"],
      ["vectors", "--in", "bare.json"],
    ];
    let said = "";
    for (const args of calls) {
      const { out, err } = await attempt(...args);
      said += out + err;
    }
    for (const name of await readdir(cwd))
      if (name === "detection.json") said += await readFile(join(cwd, name), "utf8");
    expect(said).toContain("not JSON");
    for (const known of [secret, otherSecret]) {
      expect(said).not.toContain(known.slice(0, 8));
      expect(said).not.toContain(known.slice(-8));
    }
  });

  it("of the compatibility modes appear nowhere but in the profile itself", async () => {
    const { attempt, save } = await bench();
    const keys = [918273645, 564738291, 192837465];
    await save("p.json", { ...kgw, scheme: "synthid", compat: "reference", keys });
    await save("bad.json", { ...kgw, scheme: "synthid", compat: "reference", keys, depth: 7 });
    await save("in.json", {
      profile: { ...kgw, scheme: "synthid", compat: "reference", keys },
      ids: [[1, 2, 3, 4, 5, 6]],
    });
    const text = ["--tokenizer", "model", "--in", "human.txt", "--json"];
    const calls = [
      ["detect", "--profile", "p.json", ...text],
      ["detect", "--profile", "bad.json", ...text],
      [
        "calibrate",
        "--profile",
        "p.json",
        "--corpus",
        "human.txt",
        "--tokenizer",
        "model",
        "--json",
      ],
      ["vectors", "--in", "in.json"],
    ];
    let said = "";
    for (const args of calls) {
      const { out, err } = await attempt(...args);
      said += out + err;
    }
    expect(said).toContain("synthid");
    for (const key of keys) expect(said).not.toContain(String(key));
  });
});

describe("compare balance-marking", () => {
  const small = [
    ...["compare", "balance-marking", "--model", "model", "--corpus", "human.txt", "--texts", "2"],
    ...["--bits", "4", "--tokens", "50", "--out", "result"],
  ];

  it("refuses a corpus that is too short, and more tokens than the model has positions", async () => {
    const { cwd, save } = await bench();
    await save("ids.json", { input_ids: [[1, 2, 3]] });
    const short = await call([...small, "--corpus", "ids.json"], { cwd });
    expect(short.code).toBe(2);
    expect(short.err).toContain("at least 100 tokens");
    const long = await call([...small, "--tokens", "600"], { cwd });
    expect(long.code).toBe(2);
    expect(long.err).toContain("--tokens must be at most 495");
  });
});

describe("help", () => {
  it("lists the commands, and shows examples of each", async () => {
    const { attempt } = await bench();
    const names = ["embed", "detect", "decode", "attack", "calibrate", "vectors"];
    const group = await attempt("--help");
    expect(group.code).toBe(0);
    for (const name of names) {
      expect(group.out).toContain(`  ${name}`);
      const { code, out } = await attempt(name, "--help");
      expect(code).toBe(0);
      expect(out).toContain("Examples:");
      expect(out).toContain(`deepgrain watermark ${name} `);
    }
  });
});
