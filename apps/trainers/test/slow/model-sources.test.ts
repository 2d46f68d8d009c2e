/** @file Every form of a model with the commands that read one: what works, and what is refused how. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { jsonLines } from "@deepgrain/studies/shared/test/tiny-folder";
import { type HubServer, startHub } from "@deepgrain/vitest/hub-server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildForTest } from "../build-for-test";
import { call } from "../call";
import { writeModelSources } from "../support/model-sources";
import { startServe } from "../support/serve-process";

const sources = {
  folder: "folder",
  GGUF: "tiny.gguf",
  "split GGUF": "tiny-00002-of-00003.gguf",
  "hf:": "hf:o/tiny",
  "hf: of a type": "hf:o/tiny:Q4_K_M",
};
type Source = keyof typeof sources;

let [program, cwd] = ["", ""];
let hub: HubServer;
beforeAll(async () => {
  program = await buildForTest();
  hub = await startHub();
  cwd = await mkdtemp(join(tmpdir(), "deepgrain-sources-"));
  await writeModelSources(cwd, hub);
  const turns = [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
  ];
  const task = { name: "t", kind: "choices", prompt: "{{text}}", answer: "label", shots: 0 };
  const files = {
    "ids.json": JSON.stringify({ input_ids: [[5, 6, 7, 8]] }),
    "task.json": JSON.stringify({ ...task, choices: ["no", "yes"] }),
    "rows.jsonl": jsonLines([{ text: "a", label: 0 }]),
    "chats.jsonl": jsonLines([{ messages: turns }, { messages: turns }]),
    "profile.json": JSON.stringify({ scheme: "kgw", vocab_size: 258 }),
    "key.hex": "5ec2e7000102030405060708090a0b0c5ec2e7000102030405060708090a0b0d",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  const hubVariables = {
    HF_ENDPOINT: hub.endpoint,
    HF_HUB_CACHE: join(cwd, "cache"),
    HF_TOKEN: "",
  };
  for (const [name, value] of Object.entries(hubVariables)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  for (const folder of [dirname(program), cwd]) await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => call(args, { cwd });

/** The end of a command. */
interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** `chat` with one turn through a pipe. */
async function chatted(model: string): Promise<Outcome> {
  const args = [program, "chat", "--model", model, "--temperature", "0", "--max-new-tokens", "3"];
  const started = promisify(execFile)(process.execPath, args, {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
  });
  started.child.stdin!.end("hello\n");
  return started.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr }),
  );
}

/** `serve`, asked for one completion. */
async function served(model: string): Promise<Outcome> {
  const path = model.startsWith("hf:") ? model : join(cwd, model);
  const server = await startServe(program, ["--model", path, "--alias", `m=${nameOf(model)}`]);
  try {
    const answer = await fetch(`${server.url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", prompt: "a", max_tokens: 2, temperature: 0 }),
    });
    return { code: answer.ok ? 0 : 1, out: await answer.text(), err: server.log() };
  } finally {
    await server.kill();
  }
}

/** The name under which a model is served: the first part of a split one stands for it. */
const nameOf = (model: string) => (model.startsWith("hf:") ? "o/tiny" : model);

const commands: Record<string, (model: string, out: string) => Promise<Outcome>> = {
  generate: (model) =>
    run("generate", "--model", model, "--ids", "ids.json", "--max-new-tokens", "4"),
  chat: chatted,
  serve: served,
  logits: (model) => run("logits", "--model", model, "--ids", "ids.json"),
  evaluate: (model, out) =>
    run("evaluate", "--tasks", "task.json", "--data", "rows.jsonl", "--model", model, "--out", out),
  "watermark embed": (model) => {
    const mark = ["--profile", "profile.json", "--key-file", "key.hex"];
    const asked = ["--prompt", "a", "--max-new-tokens", "4", "--seed", "1", "--forbid-eos"];
    return run("watermark", "embed", "--model", model, ...mark, ...asked, "--json");
  },
  "moe inspect": (model) => run("moe", "inspect", "--model", model, "--json"),
  "esft score": (model, out) =>
    run(
      "esft",
      "score",
      "--model",
      model,
      "--data",
      "chats.jsonl",
      "--out",
      out,
      "--layer-by-layer",
    ),
  "align sft": (model, out) => {
    const steps = ["--steps", "1", "--batch-size", "2"];
    return run("align", "sft", "--model", model, "--data", "chats.jsonl", "--out", out, ...steps);
  },
  convert: (model, out) => run("convert", model, "--out", out),
};

/** The cells in which a command does not work: exit 2 and a sentence. All others work. */
const refused: Partial<Record<string, Partial<Record<Source, RegExp>>>> = {
  "align sft": {
    "hf: of a type":
      /^deepgrain align sft: --model: \S+tiny-Q4_K_M\.gguf holds weights packed as Q5_0, which are not trained; make a folder of it with `deepgrain convert \S+tiny-Q4_K_M\.gguf --out DIR`, and train that\n/m,
  },
};

const cells = Object.keys(commands).flatMap((command) =>
  (Object.keys(sources) as Source[]).map((source) => [command, source] as const),
);

describe("--model", () => {
  it.each(cells)("%s with a %s", async (command, source) => {
    const out = join(cwd, `${command} of ${sources[source].replace(/\W/g, "-")}`);
    const outcome = await commands[command]!(sources[source], out);
    const sentence = refused[command]?.[source];
    if (sentence === undefined) {
      expect(outcome.code, outcome.err).toBe(0);
      return;
    }
    expect(outcome).toMatchObject({ code: 2, out: "", err: expect.stringMatching(sentence) });
    await expect(readdir(out)).rejects.toThrow("ENOENT");
  });

  it("gives the same tokens and logits from every form with the same numbers", async () => {
    const exact = (["GGUF", "split GGUF", "hf:"] as const).map((name) => sources[name]);
    const wanted = await commands.generate!("folder", "");
    const { data } = JSON.parse((await commands.logits!("folder", "")).out).logits;
    const largest = Math.max(...data.map(Math.abs));
    for (const model of exact) {
      expect((await commands.generate!(model, "")).out, model).toBe(wanted.out);
      const { logits } = JSON.parse((await commands.logits!(model, "")).out);
      for (const [i, value] of data.entries())
        expect(Math.abs(logits.data[i] - value), model).toBeLessThan(1e-5 * largest);
    }
  });

  it("takes the GGUF file that a folder holds alone, and safetensors before it, said once", async () => {
    await mkdir(join(cwd, "alone"));
    await copyFile(join(cwd, "tiny.gguf"), join(cwd, "alone", "m.gguf"));
    const wanted = await commands.generate!("folder", "");
    expect((await commands.generate!("alone", "")).out).toBe(wanted.out);
    await copyFile(join(cwd, "tiny.gguf"), join(cwd, "alone", "n.gguf"));
    const two = await commands.generate!("alone", "");
    expect(two.code).toBe(2);
    expect(two.err).toMatch(
      /^deepgrain generate: --model: \S+alone must hold one GGUF file, got m\.gguf, n\.gguf; name the one\n/,
    );
    await copyFile(join(cwd, "tiny.gguf"), join(cwd, "folder", "beside.gguf"));
    const both = await commands.generate!("folder", "");
    await rm(join(cwd, "folder", "beside.gguf"));
    expect(both).toMatchObject({ code: 0, out: wanted.out });
    expect(both.err.match(/folder: the safetensors are read, beside\.gguf is not/g)).toHaveLength(
      1,
    );
  });

  it("names the GGUF files that a repository has where the one that is asked for is none of them", async () => {
    for (const model of ["hf:o/tiny/none.gguf", "hf:o/tiny:Q2_K"]) {
      const { code, err } = await commands.generate!(model, "");
      expect(code).toBe(1);
      expect(err).toMatch(/o\/tiny@main.* its GGUF files: tiny-Q4_K_M\.gguf, tiny-Q8_0\.gguf\n/);
    }
  });

  it("takes an adapter that was trained on a GGUF file, with that as its base", async () => {
    const training = ["--data", "chats.jsonl", "--steps", "1", "--batch-size", "2"];
    const lora = [...training, "--lora-rank", "2", "--out", "lora"];
    expect((await run("align", "sft", "--model", "tiny.gguf", ...lora)).code).toBe(0);
    const { code, err } = await commands.generate!("lora", "");
    expect(code, err).toBe(0);
  });
});

describe("--tokenizer and --draft", () => {
  it("take a GGUF file and one of a repository", async () => {
    const training = ["--steps", "1", "--batch-size", "1", "--sequence-length", "16"];
    for (const [i, tokenizer] of ["tiny.gguf", "hf:o/tiny:Q8_0"].entries()) {
      const args = ["--data", "chats.txt", "--tokenizer", tokenizer, "--out", `pretrained${i}`];
      await writeFile(join(cwd, "chats.txt"), "one two three ".repeat(40));
      const { code, err } = await run("pretrain", ...args, ...training);
      expect(code, err).toBe(0);
      const drafting = ["--prompt", "a", "--max-new-tokens", "3", "--temperature", "0"];
      const made = await run("generate", "--model", "folder", "--draft", tokenizer, ...drafting);
      expect(made.code, made.err).toBe(0);
    }
  });
});
