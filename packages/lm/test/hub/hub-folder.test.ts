import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Folder, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { type HubServer, startHub } from "@deepgrain/vitest/hub-server";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attachLora,
  CausalLM,
  EncoderModel,
  loadConfig,
  loadEncoder,
  loadModel,
  loadTokenizer,
  readLora,
  saveEncoder,
  saveGguf,
  saveLora,
  saveModel,
  saveTokenizer,
  trainBpe,
} from "../../src";
import { hubFolder } from "../../src/hub";
import { fetchHubFolder } from "../../src/hub/hub-folder";
import { hubSettings } from "../../src/hub/hub-settings";
import { parseHubSource } from "../../src/hub/hub-source";
import { tinyEncoder } from "../encoder/tiny-encoder";
import { partsOf } from "../support/gguf-parts";
import { tinyLlama } from "../support/tiny-models";

const commit = "0123456789abcdef0123456789abcdef01234567";
const token = "hf_verySecretToken";
const weights = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
const files = {
  "config.json": '{"model_type":"llama"}',
  "model.safetensors": weights,
  "tokenizer.json": "{}",
  "README.md": "# A model",
};

let hub: HubServer;
let path: string;
beforeEach(async () => {
  setBackend("js");
  for (const name of ["HF_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HF_HOME"])
    vi.stubEnv(name, "");
  path = await mkdtemp(join(tmpdir(), "lm-hub-"));
  hub = await startHub({
    "owner/tiny": { commit, revisions: ["main", "v1"], files, large: ["model.safetensors"] },
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await rm(path, { recursive: true });
});

const waits: number[] = [];
/** Bytes of the weights that have arrived: nothing is lost of a connection that is cut then. */
let arrived = 0;
const onProgress = ({ file, bytes }: { file: string; bytes: number }) => {
  if (file === "model.safetensors") arrived = bytes - files["config.json"].length;
};
/** A download that does not really wait between its attempts. */
async function download(source = "hf:owner/tiny", options: Parameters<typeof hubSettings>[0] = {}) {
  waits.length = 0;
  arrived = 0;
  const settings = hubSettings({ endpoint: hub.endpoint, cache: path, ...options });
  const wait = async (ms: number) => void waits.push(ms);
  return fetchHubFolder(parseHubSource(source), ["model", "tokenizer"], settings, {
    wait,
    onProgress,
  });
}

const bodies = () => hub.requests.filter(({ path }) => /\/(resolve|stored)\//.test(path));
const storage = () => hub.requests.filter(({ origin }) => origin === hub.storage);

/** Compared as text: a difference in a list of so many numbers takes seconds to print. */
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const weightsHex = hex(weights);

async function bytesOf(folder: Folder, name: string): Promise<Uint8Array> {
  if (typeof folder === "string") return new Uint8Array(await readFile(join(folder, name)));
  return new Uint8Array(await (folder as Map<string, Blob>).get(name)!.arrayBuffer());
}

describe("a repository", () => {
  it.each<[string, () => Folder]>([
    ["a path", () => path],
    ["a Map", () => new Map()],
    ["a directory handle", () => new MemoryFolder("cache")],
  ])("comes into %s by commit, once", async (_, cacheOf) => {
    const cache = cacheOf();
    const folder = await download("hf:owner/tiny", { cache });
    expect(hex(await bytesOf(folder, "model.safetensors"))).toBe(weightsHex);
    expect(await bytesOf(folder, "tokenizer.json")).toHaveLength(2);
    expect(bodies().some(({ path }) => path.includes("README"))).toBe(false);
    hub.requests.length = 0;
    const again = await download("hf:owner/tiny@v1", { cache });
    expect(hex(await bytesOf(again, "model.safetensors"))).toBe(weightsHex);
    expect(bodies()).toEqual([]);
    hub.requests.length = 0;
    const offline = await download("hf:owner/tiny@v1", { cache, offline: true });
    expect(hex(await bytesOf(offline, "model.safetensors"))).toBe(weightsHex);
    expect(hub.requests).toEqual([]);
  });

  it.each<[string, () => Folder]>([
    ["a path", () => path],
    ["a Map", () => new Map()],
    ["a directory handle", () => new MemoryFolder("cache")],
  ])("of sentence-transformers comes into %s with its pooling", async (_, cacheOf) => {
    const fixture = new URL("../fixtures/encoders/minilm/", import.meta.url);
    const names = [
      ...["config.json", "model.safetensors", "modules.json", "1_Pooling/config.json"],
      ...["sentence_bert_config.json", "golden.json"],
    ];
    const read = async (name: string) => [name, await readFile(new URL(name, fixture))] as const;
    const own = Object.fromEntries(await Promise.all(names.map(read)));
    const server = await startHub({ "owner/mini": { commit, revisions: ["main"], files: own } });
    const cache = cacheOf();
    try {
      for (const offline of [false, true]) {
        const hubOptions = { endpoint: server.endpoint, cache, offline };
        const model = await loadEncoder("hf:owner/mini", { hub: hubOptions });
        expect(model.embedding).toEqual({ pooling: "mean", normalize: true, maxLength: 12 });
        model.dispose();
      }
      expect(server.requests.some(({ path: asked }) => asked.includes("golden"))).toBe(false);
    } finally {
      await server.close();
    }
  });

  it("stands where and as Python's huggingface_hub keeps it", async () => {
    vi.stubEnv("HF_HOME", path);
    const folder = await download("hf:owner/tiny", { cache: undefined });
    const root = join(path, "hub", "models--owner--tiny");
    expect(folder).toBe(join(root, "snapshots", commit));
    expect(await readFile(join(root, "refs", "main"), "utf8")).toBe(commit);
    const link = await readlink(join(folder as string, "model.safetensors"));
    expect(link).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/);
    expect((await readdir(join(root, "blobs"))).sort()).toHaveLength(3);
    vi.stubEnv("HF_HUB_CACHE", join(path, "other"));
    expect(hubSettings({}).cache).toBe(join(path, "other"));
    expect(hubSettings({ cache: "given" }).cache).toBe("given");
  });

  it("makes a dangling link anew, and leaves a file that somebody put there", async () => {
    const folder = (await download()) as string;
    const place = join(folder, "config.json");
    const text = await readFile(place, "utf8");
    await rm(join(folder, await readlink(place)));
    await download();
    expect(await readFile(place, "utf8")).toBe(text);
    await rm(place);
    await writeFile(place, "mine");
    await expect(download()).rejects.toMatchObject({ code: "ERR_IO" });
    expect(await readFile(place, "utf8")).toBe("mine");
  });

  it("follows a branch to its new commit and keeps the old one", async () => {
    const before = await download();
    const next = commit.replaceAll("0", "f");
    const changed = { ...files, "config.json": '{"model_type":"gpt2"}' };
    hub.repositories.set("owner/tiny", {
      commit: next,
      files: changed,
      large: ["model.safetensors"],
    });
    hub.requests.length = 0;
    const after = await download();
    expect(bodies()).toHaveLength(1); // the weights are the same
    expect(await readFile(join(before as string, "config.json"), "utf8")).toContain("llama");
    expect(await readFile(join(after as string, "config.json"), "utf8")).toContain("gpt2");
  });

  it("does its downloads in turn, so that two at once do them once", async () => {
    await Promise.all([download(), download()]);
    expect(bodies().filter(({ path }) => path.includes("config.json"))).toHaveLength(1);
  });

  it("reports progress over all files", async () => {
    const seen: number[] = [];
    const cache = new Map<string, Blob>();
    const onProgress = ({ bytes, totalBytes }: { bytes: number; totalBytes: number }) =>
      seen.push(bytes / totalBytes);
    await hubFolder("hf:owner/tiny", { endpoint: hub.endpoint, cache, onProgress });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it("that is not in the cache is an error while offline", async () => {
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await expect(download()).rejects.toMatchObject({
      code: "ERR_MISSING",
      message: expect.stringContaining("HF_HUB_OFFLINE"),
    });
    expect(hub.requests).toEqual([]);
  });

  it("without safetensors says which weights it has", async () => {
    const gguf = { "config.json": "{}", "tiny-q4.gguf": "GGUF", "model.bin": "x" };
    hub.repositories.set("owner/gguf", { commit, files: gguf });
    await expect(download("hf:owner/gguf")).rejects.toMatchObject({
      code: "ERR_MISSING",
      message: expect.stringContaining("hf:owner/gguf/tiny-q4.gguf"),
    });
  });
});

describe("the token", () => {
  it("goes to the origin of the endpoint alone, also where that redirects", async () => {
    vi.stubEnv("HF_TOKEN", token);
    await download();
    const own = hub.requests.filter(({ origin }) => origin === hub.endpoint);
    expect(own.every(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(true);
    expect(storage()).toHaveLength(1);
    expect(storage()[0]!.headers.authorization).toBeUndefined();
  });

  it("stays there where the fetch that is given would send it on", async () => {
    const followed = vi.fn(async (address: string, init: RequestInit) => {
      expect(init.redirect).toBe("manual");
      return fetch(address, init);
    });
    await hubFolder("hf:owner/tiny", {
      endpoint: hub.endpoint,
      cache: new Map(),
      token,
      fetch: followed as unknown as typeof fetch,
    });
    expect(storage()[0]!.headers.authorization).toBeUndefined();
  });

  it("does not follow the hub's links to further pages of a list elsewhere", async () => {
    hub.intercept = (request, response) => {
      if (!request.url!.includes("/tree/") || request.url!.includes("page2")) return false;
      response.setHeader("link", `<${hub.storage}/page2>; rel="next"`);
      response.end("[]");
      return true;
    };
    await expect(download("hf:owner/tiny", { token })).rejects.toMatchObject({
      code: "ERR_FORMAT",
    });
    expect(storage()).toEqual([]);
  });

  it.each([401, 403, 404, 500])("is in no message about %i", async (status) => {
    hub.intercept = (_, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: "no" }));
      return true;
    };
    const error = await download("hf:owner/tiny", { token }).catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: "LmError", code: "ERR_IO", fields: { status } });
    const all = JSON.stringify([error, String(error), (error as Error).stack]);
    expect(all).not.toContain(token);
  });

  it("must be one, and the endpoint an address without a user", () => {
    expect(() => hubSettings({ token: "a\nb", cache: path })).toThrow(/token/);
    const secret = "https://me:secret@example.com";
    expect(() => hubSettings({ endpoint: secret, cache: path })).toThrow(/without a user/);
    expect(() => hubSettings({ endpoint: secret, cache: path })).not.toThrow(/secret@/);
    expect(() => hubSettings({ endpoint: "ftp://x", cache: path })).toThrow(/http/);
  });
});

/** Answers the requests for the weights in their turn, then as the hub. */
function withWeights(
  ...answers: ((
    serve: Parameters<NonNullable<HubServer["intercept"]>>[2],
    response: Parameters<NonNullable<HubServer["intercept"]>>[1],
  ) => void)[]
) {
  hub.intercept = (request, response, serve) => {
    if (!request.url!.includes("/stored/")) return false;
    const answer = answers.shift();
    answer?.((edit) => serve({ ...edit, arrived: () => arrived }), response);
    return answer !== undefined;
  };
}

describe("a download", () => {
  it("that is cut goes on where it was cut", async () => {
    withWeights(
      (serve) => serve({ cutAfter: 100_000 }),
      (serve) => serve({ cutAfter: 50_000 }),
    );
    const folder = await download();
    expect(hex(await bytesOf(folder, "model.safetensors"))).toBe(weightsHex);
    expect(storage().map(({ headers }) => headers.range)).toEqual([
      undefined,
      "bytes=100000-",
      "bytes=150000-",
    ]);
  });

  it.each<[string, () => Folder]>([
    ["a path", () => path],
    ["a Map", () => new Map()],
    ["a directory handle", () => new MemoryFolder("cache")],
  ])("that fails leaves what it has in %s for the next", async (_, cacheOf) => {
    const cache = cacheOf();
    withWeights(
      (serve) => serve({ cutAfter: 100_000 }),
      ...Array.from({ length: 5 }, () => (serve: (edit: object) => void) => serve({ cutAfter: 0 })),
    );
    await expect(download("hf:owner/tiny", { cache })).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("cut"),
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
    hub.intercept = undefined;
    hub.requests.length = 0;
    const folder = await download("hf:owner/tiny", { cache });
    expect(storage()[0]!.headers.range).toBe("bytes=100000-");
    expect(hex(await bytesOf(folder, "model.safetensors"))).toBe(weightsHex);
  });

  it("begins again where the server does not know ranges", async () => {
    withWeights(
      (serve) => serve({ cutAfter: 100_000 }),
      (serve) => serve({ ignoresRange: true }),
    );
    expect(hex(await bytesOf(await download(), "model.safetensors"))).toBe(weightsHex);
  });

  it("begins again where what an earlier one left is wrong", async () => {
    const blobs = join(path, "models--owner--tiny", "blobs");
    await mkdir(blobs, { recursive: true });
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256").update(weights).digest("hex");
    await writeFile(join(blobs, `${hash}.incomplete`), new Uint8Array(1000));
    expect(hex(await bytesOf(await download(), "model.safetensors"))).toBe(weightsHex);
    expect(storage().map(({ headers }) => headers.range)).toEqual(["bytes=1000-", undefined]);
  });

  it.each([
    ["of a large file (SHA-256)", "/stored/"],
    [
      "of a small file (as git hashes it)",
      "/resolve/0123456789abcdef0123456789abcdef01234567/config.json",
    ],
  ])("with the wrong hash %s is refused and not kept", async (_, place) => {
    hub.intercept = (request, __, serve) => {
      if (!request.url!.includes(place)) return false;
      const content = Buffer.from(
        place === "/stored/" ? weights : Buffer.from(files["config.json"]),
      );
      content[10]! ^= 1;
      serve({ content });
      return true;
    };
    await expect(download()).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining("hash"),
    });
    const left = await readdir(join(path, "models--owner--tiny", "blobs"));
    const sizes = left.filter((name) => name.endsWith(".incomplete"));
    for (const name of sizes)
      expect(await readFile(join(path, "models--owner--tiny", "blobs", name))).toHaveLength(0);
    await expect(readdir(join(path, "models--owner--tiny", "snapshots"))).rejects.toThrow();
  });

  it("of more bytes than the hub lists is refused", async () => {
    withWeights((serve) => serve({ content: Buffer.alloc(400_000) }));
    await expect(download()).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });

  it("waits as long as 429 asks for", async () => {
    let count = 0;
    hub.intercept = (request, response) => {
      if (!request.url!.includes("/revision/") || ++count > 2) return false;
      response.writeHead(429, { "retry-after": `${7 * count}` });
      response.end();
      return true;
    };
    await download();
    expect(waits).toEqual([7000, 14000]);
  });

  it("gives up where 429 asks for more than five minutes, and says so", async () => {
    hub.intercept = (_, response) => {
      response.writeHead(429, { "retry-after": "3600" });
      response.end();
      return true;
    };
    await expect(download()).rejects.toMatchObject({
      fields: { status: 429 },
      message: expect.stringContaining("Retry-After: 3600"),
    });
    expect(hub.requests).toHaveLength(1);
  });

  it.each([
    [401, undefined, "set HF_TOKEN"],
    [403, "GatedRepo", "accept its terms"],
    [404, "RevisionNotFound", "no such revision"],
    [404, undefined, "no such repository"],
  ])("answered %i %s says what to do, and is not tried again", async (status, code, words) => {
    hub.intercept = (_, response) => {
      response.writeHead(status, code ? { "x-error-code": code } : {});
      response.end();
      return true;
    };
    await expect(download()).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining(words),
    });
    expect(hub.requests).toHaveLength(1);
  });

  it("ends with its signal, and keeps what it has", async () => {
    const stop = new AbortController();
    withWeights((serve) => {
      serve({ cutAfter: 100_000 });
      stop.abort(new Error("enough"));
    });
    const options = { endpoint: hub.endpoint, cache: path, signal: stop.signal, onProgress };
    await expect(hubFolder("hf:owner/tiny", options)).rejects.toThrow("enough");
  });

  it.each(["../../evil", "a/../../evil.gguf"])(
    "does not take the name %s from the hub's list",
    async (name) => {
      hub.intercept = (request, response) => {
        if (!request.url!.includes("/tree/")) return false;
        const entry = { type: "file", oid: "0".repeat(40), size: 1, path: name };
        response.end(JSON.stringify([entry]));
        return true;
      };
      await expect(download()).rejects.toMatchObject({ code: "ERR_MISSING" });
      expect(bodies()).toEqual([]);
    },
  );
});

describe("every function that takes a folder", () => {
  it("takes a repository: models, tokenizers, encoders, LoRA, GGUF and configurations", async () => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(1) });
    const [own, encoder, adapter] = ["m", "e", "a"].map((name) => join(path, name));
    await saveModel(own!, model);
    const tokenizer = await trainBpe(["a b c"], { vocabSize: 259 });
    await saveTokenizer(own!, { tokenizer, config: {} });
    await saveGguf(join(own!, "tiny.gguf"), model, null);
    await saveEncoder(encoder!, new EncoderModel(tinyEncoder()));
    const lora = attachLora(model, { rank: 2 });
    await saveLora(adapter!, await lora.read());
    const entries = async (folder: string) =>
      Object.fromEntries(
        await Promise.all(
          (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name))]),
        ),
      ) as Record<string, Uint8Array>;
    hub.repositories.set("o/m", {
      commit,
      files: await entries(own!),
      large: ["model.safetensors", "tiny.gguf"],
    });
    hub.repositories.set("o/e", { commit, files: await entries(encoder!) });
    hub.repositories.set("o/a", { commit, files: await entries(adapter!) });
    const given = { hub: { endpoint: hub.endpoint, cache: new Map() } };
    for (const source of ["hf:o/m", "hf:o/m/tiny.gguf", `hf:o/m/tiny.gguf@${commit}`]) {
      const loaded = await loadModel(source, given);
      expect(loaded.config.hiddenSize).toBe(model.config.hiddenSize);
      loaded.dispose();
    }
    expect((await loadConfig("hf:o/m", given)).modelType).toBe("llama");
    expect((await loadTokenizer("hf:o/m", given)).encode("a").length).toBeGreaterThan(0);
    expect((await loadEncoder("hf:o/e", given)).config.modelType).toBe("bert");
    expect((await readLora("hf:o/a", given)).factors.size).toBeGreaterThan(0);
  });

  it.each<[string, () => Folder]>([
    ["a path", () => path],
    ["a Map", () => new Map()],
    ["a directory handle", () => new MemoryFolder("cache")],
  ])("brings a GGUF file in parts into %s, whichever is named", async (_, cacheOf) => {
    const model = new CausalLM(tinyLlama(), { generator: new Generator(1) });
    const file = join(path, "whole.gguf");
    await saveGguf(file, model, null);
    const files = Object.fromEntries(await partsOf(file, "q/m"));
    const names = Object.keys(files);
    const other = { "q/other.gguf": await readFile(file) };
    hub.repositories.set("o/p", { commit, files: { ...files, ...other }, large: names });
    const cache = cacheOf();
    const given = { hub: { endpoint: hub.endpoint, cache } };
    for (const source of [...names, "q/other.gguf"].map((name) => `hf:o/p/${name}`)) {
      const loaded = await loadModel(source, given);
      expect(await loaded.readWeight("lm_head.weight")).toEqual(
        await model.readWeight("lm_head.weight"),
      );
      loaded.dispose();
    }
    expect(bodies().filter(({ origin }) => origin === hub.endpoint)).toHaveLength(4);
    hub.requests.length = 0;
    const offline = { hub: { ...given.hub, offline: true } };
    (await loadModel(`hf:o/p/${names[0]}`, offline)).dispose();
    expect(hub.requests).toEqual([]);
    const { [names[1]!]: absent, ...few } = files;
    expect(absent).toBeDefined();
    hub.repositories.set("o/few", { commit, files: few, large: names });
    await expect(loadModel(`hf:o/few/${names[2]}`, given)).rejects.toMatchObject({
      code: "ERR_MISSING",
      message: `lm/hub: there is no ${names[1]} in o/few@main`,
    });
    model.dispose();
  });

  it.each([
    ["loadModel", () => loadModel("owner/tiny")],
    ["loadTokenizer", () => loadTokenizer("owner/tiny")],
    ["loadEncoder", () => loadEncoder("owner/tiny")],
    ["readLora", () => readLora("owner/tiny")],
  ])(
    "suggests hf: where %s gets a bare name that is no folder, and requests nothing",
    async (_, call) => {
      const requested = vi.spyOn(globalThis, "fetch");
      await expect(call()).rejects.toMatchObject({
        code: "ERR_MISSING",
        message: expect.stringContaining("give hf:owner/tiny"),
      });
      expect(requested).not.toHaveBeenCalled();
      requested.mockRestore();
    },
  );
});
