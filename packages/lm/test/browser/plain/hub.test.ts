import { type Folder, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { CausalLM, loadModel, parseConfig, saveModel } from "../../../src";

interface PageNavigator {
  storage: { getDirectory(): Promise<Extract<Folder, { kind: string }>> };
}

const commit = "0123456789abcdef0123456789abcdef01234567";

const hex = async (algorithm: string, bytes: Uint8Array<ArrayBuffer>) =>
  Array.from(new Uint8Array(await crypto.subtle.digest(algorithm, bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** A hub in the page: its answers to what would be sent. Connections are cut after `cut` bytes the first time. */
async function fakeHub(files: Map<string, Blob>, cut: number) {
  const tree: object[] = [];
  const sent: Headers[] = [];
  for (const [path, blob] of files) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const header = new TextEncoder().encode(`blob ${bytes.length}\0`);
    const oid = await hex("SHA-1", new Uint8Array([...header, ...bytes]));
    const lfs = { oid: await hex("SHA-256", bytes), size: bytes.length, pointerSize: 1 };
    const isLarge = path.endsWith(".safetensors");
    tree.push({ type: "file", path, oid, size: bytes.length, ...(isLarge ? { lfs } : {}) });
  }
  const fetch = async (address: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(address);
    const headers = new Headers(init.headers);
    sent.push(headers);
    if (pathname.includes("/revision/")) return Response.json({ sha: commit, lastModified: 0 });
    if (pathname.includes("/tree/")) return Response.json(tree);
    const blob = files.get(pathname.split("/").at(-1)!)!;
    const begin = Number(/^bytes=(\d+)/.exec(headers.get("range") ?? "")?.[1] ?? 0);
    const isCut = begin === 0 && blob.size > cut;
    const body = isCut ? blob.slice(0, cut) : blob.slice(begin);
    const range = `bytes ${begin}-${blob.size - 1}/${blob.size}`;
    return new Response(body, {
      status: begin > 0 ? 206 : 200,
      headers: begin > 0 ? { "content-range": range } : {},
    });
  };
  return { fetch: fetch as typeof globalThis.fetch, sent };
}

it("keeps a model of the hub in the origin's private file system, from where it loads without requests", async () => {
  setBackend("js");
  const sizes = { vocab_size: 31, hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 2 };
  const config = parseConfig({ model_type: "llama", intermediate_size: 24, ...sizes });
  const model = new CausalLM(config, { generator: new Generator(1) });
  const files = new Map<string, Blob>();
  await saveModel(files, model);
  const { fetch, sent } = await fakeHub(files, 5000);
  const { navigator } = globalThis as unknown as { navigator: PageNavigator };
  const root = await navigator.storage.getDirectory();
  const cache = await root.getDirectoryHandle("hub", { create: true });
  const loaded = await loadModel("hf:owner/tiny", { fetch, hub: { cache, token: "hf_x" } });
  expect(sent.some((headers) => headers.get("range") === "bytes=5000-")).toBe(true);
  sent.length = 0;
  const again = await loadModel("hf:owner/tiny", { fetch, hub: { cache, offline: true } });
  expect(sent).toEqual([]);
  const name = "model.embed_tokens.weight";
  const { data } = await model.readWeight(name);
  expect((await loaded.readWeight(name)).data).toEqual(data);
  expect((await again.readWeight(name)).data).toEqual(data);
  for (const each of [model, loaded, again]) each.dispose();
});

it("asks for a cache, which a page does not have of its own", async () => {
  await expect(loadModel("hf:owner/tiny")).rejects.toMatchObject({
    code: "ERR_ARGUMENT",
    message: expect.stringContaining("hub: { cache }"),
  });
});
