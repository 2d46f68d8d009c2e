/**
 * @file The adapters in the libraries for which they are made: transformers.js and node-llama-cpp, with models that are
 * written here. The libraries take some 500 MB, so they are installed into a temporary project, and only with
 * DEEPGRAIN_FULL=1; DEEPGRAIN_LIBRARIES names a project that has them already, and is copied.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { typeErrors } from "@deepgrain/vitest/block-types";
import { packedProject } from "@deepgrain/vitest/packed";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markovModel } from "../support/language-model";
import { copiedProject, installedProject, libraries } from "../support/libraries/library-project";
import { llamaFile } from "../support/libraries/write-llama";
import { writeOnnxModel } from "../support/libraries/write-onnx";

const support = fileURLToPath(new URL("../support/libraries/", import.meta.url));
const here = fileURLToPath(new URL("../..", import.meta.url));
const key = "00112233445566778899aabbccddeeff";
const given = process.env.DEEPGRAIN_LIBRARIES;
const isWanted = process.env.DEEPGRAIN_FULL === "1" || Boolean(given);

const installed = given
  ? copiedProject(given)
  : isWanted
    ? installedProject()
    : new Error("DEEPGRAIN_FULL is not 1");
const isThere = typeof installed === "string";
if (!isThere)
  it.skip(`SKIPPED: ${libraries.join(", ")} are not installed (${installed.message.split("\n")[0]})`, () => {});

/** Writes a task and runs a program in the project. @returns what it prints as JSON */
async function runProgram(
  name: string,
  task: object,
): Promise<{ results: Result[]; unmarked?: number[] }> {
  const folder = installed as string;
  cpSync(join(support, `${name}.txt`), join(folder, name)); // text, as the libraries are not dependencies
  writeFileSync(join(folder, "task.json"), JSON.stringify(task));
  const options = { cwd: folder, maxBuffer: 1e8 };
  const { stdout } = await promisify(execFile)(process.execPath, [name], options);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

interface Result {
  scheme: string;
  length: number;
  pValue: number;
  wrong: number;
}

const ctwl = { message_bits: 8, message_code_len: 8, encode_ratio: 30, bias: 3 };

/** Every scheme, at strengths that 250 tokens of the written models carry. */
const profiles = [
  { scheme: "kgw", bias: 3 },
  { scheme: "kgw", seeding_scheme: "selfhash", bias: 3 },
  { scheme: "kgw", hard: true },
  { scheme: "unigram", bias: 3 },
  { scheme: "exp" },
  { scheme: "exp-edit", key_length: 16 },
  { scheme: "synthid" },
  { scheme: "mpac", message_bits: 8, bias: 4 },
  { scheme: "rs-segment", message_bits: 12, bias: 6 },
  { scheme: "ctwl-vanilla", ...ctwl },
  { scheme: "ctwl-balance", ...ctwl },
];

/** The schemes that a bias which does not see the logits can express. */
const biased = [
  ...profiles.filter(
    ({ scheme, ...own }) =>
      ["kgw", "unigram", "mpac", "rs-segment"].includes(scheme) &&
      !("hard" in own) &&
      !("seeding_scheme" in own),
  ),
  { scheme: "ctwl-vanilla", ...ctwl, top_k: 0 },
];

describe.skipIf(!isThere)("in the real libraries", () => {
  beforeAll(() => {
    const folder = installed as string;
    const packed = packedProject(here, []);
    const target = join(folder, "node_modules/@deepgrain");
    rmSync(target, { recursive: true, force: true });
    cpSync(join(packed.folder, "node_modules/@deepgrain"), target, { recursive: true });
    packed.remove();
    mkdirSync(join(folder, "models"), { recursive: true });
  });
  afterAll(() => rmSync(installed as string, { recursive: true, force: true }));

  it("transformers.js generates by every scheme, alone and in a list, and the mark is found again", async () => {
    const vocabSize = 256;
    const logitsOf = markovModel(vocabSize, 5, 1.6);
    const table = new Float32Array(vocabSize * vocabSize);
    for (let id = 0; id < vocabSize; id++) table.set(logitsOf([id]), id * vocabSize);
    writeOnnxModel(join(installed as string, "models/onnx"), table, vocabSize);
    writeFileSync(join(installed as string, "table.bin"), new Uint8Array(table.buffer));
    const task = { profiles, key, vocabSize, tokens: 250 };
    const { results, unmarked } = await runProgram("transformers-program.mjs", task);
    expect(results).toHaveLength(4 * profiles.length);
    if (process.env.DEEPGRAIN_FULL) process.stderr.write(`${linesOf(results)}\n`);
    for (const { scheme, length, pValue, wrong } of results) {
      expect([scheme, length]).toEqual([scheme, 253]);
      expect([scheme, pValue < 1e-3]).toEqual([scheme, true]);
      expect([scheme, wrong]).toEqual([scheme, 0]);
    }
    for (const pValue of unmarked!) expect(pValue).toBeGreaterThan(1e-4);
  });

  it("node-llama-cpp generates by every scheme that it can run, and the mark is found again", async () => {
    const vocabSize = 384;
    writeFileSync(join(installed as string, "models/tiny.gguf"), llamaFile(vocabSize, 3, 2));
    const chosen = profiles.filter(({ scheme }) => scheme !== "ctwl-balance");
    const task = { biased, chosen, key, vocabSize, tokens: 250 };
    const { results } = await runProgram("node-llama-cpp-program.mjs", task);
    expect(results).toHaveLength(biased.length + chosen.length);
    if (process.env.DEEPGRAIN_FULL) process.stderr.write(`${linesOf(results)}\n`);
    for (const { scheme, pValue, wrong } of results) {
      expect([scheme, pValue < 1e-3]).toEqual([scheme, true]);
      expect([scheme, wrong]).toEqual([scheme, 0]);
    }
  });

  it("the blocks of the guides run as they are written", async () => {
    const folder = installed as string;
    writeWordTokenizer(join(folder, "models/onnx"), 256);
    const blocks = guides.flatMap(guideBlocks);
    const before = [
      'import { env } from "@huggingface/transformers";',
      'env.allowRemoteModels = false; env.localModelPath = "./models";',
    ];
    const printed: string[] = [];
    for (const [i, { library, code }] of blocks.entries()) {
      const setup = library === "transformers" ? before : [];
      const text = code
        .replace("HuggingFaceTB/SmolLM2-135M-Instruct", "onnx")
        .replaceAll("./model.gguf", "./models/tiny.gguf")
        .replaceAll(
          "getLlama()",
          'getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 })',
        );
      writeFileSync(
        join(folder, `guide-${i}.mjs`),
        [...setup, text, "process.exit(0);"].join("\n"),
      );
      const run = promisify(execFile)(process.execPath, [`guide-${i}.mjs`], { cwd: folder });
      printed.push((await run).stdout.trim().split("\n").at(-1)!);
    }
    expect(printed).toEqual(["found true", "found 10110010", "found"]);
  });

  it("the blocks of the guides compile in strict TypeScript", () => {
    const pages = guides.map((name) => {
      return { path: join(here, `../../docs/guides/${name}.md`), folder: installed as string };
    });
    const paths = { "@deepgrain/watermark": [join(here, "src/index.ts")] };
    const isWanted = (info: string) => /transformers|node-llama-cpp/.test(info);
    expect(typeErrors(pages, { isWanted, paths })).toEqual({ errors: [], modules: 2 });
  });

  it("the documented calls compile in strict TypeScript", async () => {
    const folder = installed as string;
    cpSync(join(support, "calls.ts.txt"), join(folder, "calls.ts"));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2022",
      module: "nodenext",
      skipLibCheck: true,
      exactOptionalPropertyTypes: false,
      types: [],
      lib: ["es2023", "dom", "esnext.disposable"],
      // The packed package has no declarations, as they take long to build: its sources stand for them.
      paths: { "@deepgrain/watermark": [join(here, "src/index.ts")] },
      allowImportingTsExtensions: true,
      moduleResolution: "bundler",
    };
    const config = {
      compilerOptions: { ...compilerOptions, module: "esnext" },
      files: ["calls.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const run = promisify(execFile)(process.execPath, [tsc, "-p", folder], { cwd: folder });
    const output = await run.then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout as string,
    );
    expect(output).toBe("");
  });
});

const guides = ["watermark-your-text", "watermark-in-llama-cpp-and-ai-sdk"];

/** The blocks of a guide that need one of the libraries. */
function guideBlocks(name: string): { library: string; code: string }[] {
  const guide = readFileSync(join(here, `../../docs/guides/${name}.md`), "utf8");
  const found = guide.matchAll(/^```[jt]s (transformers|node-llama-cpp)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, library, code]) => {
    const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
    const { outputText } = ts.transpileModule(code!, { compilerOptions });
    return { library: library!, code: outputText };
  });
}

/** A tokenizer whose words are the names of its tokens: w0, w1, … */
function writeWordTokenizer(folder: string, size: number): void {
  const vocab = Object.fromEntries(Array.from({ length: size }, (_, i) => [`w${i}`, i]));
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    post_processor: null,
    decoder: null,
    pre_tokenizer: { type: "Whitespace" },
    model: { type: "WordLevel", vocab, unk_token: "w0" },
  };
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  const config = { tokenizer_class: "PreTrainedTokenizerFast", unk_token: "w0" };
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(config));
}

/** The results as lines. */
const linesOf = (results: readonly Result[]): string =>
  results
    .map(
      ({ scheme, pValue, wrong }) => `${scheme} p ${pValue.toExponential(1)}, ${wrong} bits wrong`,
    )
    .join("\n");
