import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HubServer, startHub } from "@deepgrain/vitest/hub-server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hubFolder } from "../../src/hub";
import { fetchHubFolder } from "../../src/hub/hub-folder";
import { hubSettings } from "../../src/hub/hub-settings";
import { parseHubSource } from "../../src/hub/hub-source";

const commit = "0123456789abcdef0123456789abcdef01234567";
const files = { "config.json": "{}", "model.safetensors": new Uint8Array(200_000) };

let hub: HubServer;
let read: number;
beforeEach(async () => {
  for (const name of ["HF_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HF_HOME"])
    vi.stubEnv(name, "");
  hub = await startHub({ "owner/tiny": { commit, files } });
  read = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
});

/** A `fetch` that counts the bytes of bodies that were read. */
const counting = (async (address: string, init: RequestInit) => {
  const response = await fetch(address, init);
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, control) {
      read += part.length;
      control.enqueue(part);
    },
  });
  const { status, headers } = response;
  const isEmpty = response.body === null || (status >= 300 && status < 400);
  return isEmpty ? response : new Response(response.body!.pipeThrough(count), { status, headers });
}) as typeof fetch;

/** A download that does not really wait between its attempts. */
const download = (options: Parameters<typeof hubSettings>[0] = {}, signal?: AbortSignal) =>
  fetchHubFolder(
    parseHubSource("hf:owner/tiny"),
    ["model"],
    hubSettings({ endpoint: hub.endpoint, cache: new Map(), ...options }),
    { fetch: counting, wait: async () => undefined, signal },
  );

/** Answers the requests whose path has `part`. */
function answer(part: string, with_: (response: ServerResponse, request: IncomingMessage) => void) {
  hub.intercept = (request, response) => {
    if (!request.url!.includes(part)) return false;
    with_(response, request);
    return true;
  };
}

/** Writes as fast as it is read, without end. */
function endless(response: ServerResponse, piece: string) {
  const write = () => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once("drain", write);
  };
  write();
}

const row = (path: string, more: object = {}) => ({
  type: "file",
  oid: "0".repeat(40),
  size: 1,
  path,
  ...more,
});

async function expectRefusal(code: string, words: RegExp, options = {}) {
  const error = await download(options).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ name: "LmError", code, message: expect.stringMatching(words) });
  expect(read).toBeLessThanOrEqual(9 * 2 ** 20);
  expect(hub.requests.length).toBeLessThanOrEqual(40);
}

describe("what the hub says about a repository", () => {
  it.each(["/tree/", "/revision/"])("is read up to 8 MiB (%s)", async (part) => {
    answer(part, (response) => {
      response.write("[");
      endless(response, " ".repeat(65_536));
    });
    await expectRefusal("ERR_LIMIT", /8388608 bytes/);
    expect(read).toBeGreaterThan(8 * 2 ** 20);
  });

  it("has 8 MiB in all its pages together", async () => {
    answer("/tree/", (response) => {
      response.setHeader("link", `<${hub.endpoint}/api/tree/more>; rel="next"`);
      response.end(`[${" ".repeat(2 ** 20)}]`);
    });
    await expectRefusal("ERR_LIMIT", /8388608 bytes/);
    expect(hub.requests).toHaveLength(9);
  });

  it("has at most 32 pages", async () => {
    answer("/tree/", (response) => {
      response.setHeader("link", `<${hub.endpoint}/api/tree/more>; rel="next"`);
      response.end("[]");
    });
    await expectRefusal("ERR_LIMIT", /32 steps/);
    expect(hub.requests).toHaveLength(33);
  });

  it("has at most 10,000 entries in all its pages together", async () => {
    let pages = 0;
    answer("/tree/", (response) => {
      const first = 4000 * pages++;
      const rows = Array.from({ length: 4000 }, (_, i) => row(`file-${first + i}`));
      response.setHeader("link", `<${hub.endpoint}/api/tree/more>; rel="next"`);
      response.end(JSON.stringify(rows));
    });
    await expectRefusal("ERR_LIMIT", /10000 entries/);
    expect(pages).toBe(3);
  });

  it("is not parsed where its brackets would take more memory than its text", async () => {
    answer("/tree/", (response) => response.end("[".repeat(1_000_000)));
    await expectRefusal("ERR_LIMIT", /brackets/);
  });

  it("is asked for within the limits that are given", async () => {
    answer("/tree/", (response) => response.end(JSON.stringify([row("a"), row("b")])));
    await expectRefusal("ERR_LIMIT", /1 entries/, { budget: { entries: 1 } });
    expect(() => hubSettings({ budget: { steps: 0 } })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
    await expect(
      hubFolder("hf:owner/tiny", {
        endpoint: hub.endpoint,
        cache: new Map(),
        parts: ["config"],
        budget: { bytes: 10 },
      }),
    ).rejects.toMatchObject({ code: "ERR_LIMIT" });
  });

  it("is asked for by two requests, for the commit and for the list at that commit", async () => {
    await download();
    const [info, list, ...rest] = hub.requests;
    expect(info!.path).toBe("/api/models/owner/tiny/revision/main?expand=sha");
    expect(list!.path).toBe(`/api/models/owner/tiny/tree/${commit}?recursive=false`);
    expect(info!.headers.accept).toBe("application/json");
    expect(list!.headers.accept).toBe("application/json");
    expect(rest.every(({ path }) => path.includes("/resolve/"))).toBe(true);
  });

  it.each([
    ['<{page}>; rel="next"'],
    ['<http://127.0.0.1/other>; rel="prev", <{page}>; title="2"; rel=next'],
  ])("goes on where the header Link has %s", async (link) => {
    answer("/tree/", (response, { url }) => {
      const isFirst = !url!.includes("cursor");
      const page = `${hub.endpoint}/api/models/owner/tiny/tree/${commit}?cursor=a,b`;
      if (isFirst) response.setHeader("link", link.replace("{page}", page));
      response.end(JSON.stringify(isFirst ? [] : [row("model.safetensors", { size: "1" })]));
    });
    await expectRefusal("ERR_FORMAT", /size and hash of "model.safetensors"/);
  });

  it("goes on at the endpoint's origin only", async () => {
    answer("/tree/", (response) => {
      response.setHeader("link", `<${hub.storage}/page2>; rel="next"`);
      response.end("[]");
    });
    await expectRefusal("ERR_FORMAT", /all of its pages at/);
    expect(hub.requests.some(({ origin }) => origin === hub.storage)).toBe(false);
  });

  it.each([
    ["null", "null"],
    ["text", "not JSON"],
    ["a word", '"text"'],
    ["an object", '{"a":1}'],
    ["a list of numbers", "[1,2,3]"],
    ["a list of null", "[null]"],
    ["a list of lists", "[[]]"],
    ["a path that is none", JSON.stringify([row(1 as never)])],
    ["a path without end", JSON.stringify([row("x".repeat(5000))])],
    ["a size below zero", JSON.stringify([row("config.json", { size: -1 })])],
    ["a size that is text", JSON.stringify([row("config.json", { size: "1" })])],
    ["a hash that is none", JSON.stringify([row("config.json", { oid: "../x" })])],
    ["a hash of numbers", JSON.stringify([row("config.json", { lfs: { oid: 7, size: 1 } })])],
    ["lfs that is none", JSON.stringify([row("config.json", { lfs: 7 })])],
    ["nothing", ""],
  ])("is refused as %s", async (_, text) => {
    answer("/tree/", (response) => response.end(text));
    await expectRefusal("ERR_FORMAT", /the answer about owner\/tiny must have/);
    expect(hub.requests).toHaveLength(2);
  });

  it.each(["null", "[]", "text", '{"sha":7}', '{"sha":"../.."}'])(
    "is refused where the commit is %s",
    async (text) => {
      answer("/revision/", (response) => response.end(text));
      await expectRefusal("ERR_FORMAT", /the answer about owner\/tiny must have/);
    },
  );

  it("is an error when it is cut", async () => {
    answer("/tree/", (response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("[", () => setTimeout(() => response.destroy(), 20));
    });
    await expectRefusal("ERR_IO", /was cut/);
  });

  it("ends with the signal's reason", async () => {
    const stop = new AbortController();
    answer("/tree/", (response) => {
      response.write("[", () => stop.abort(new Error("enough")));
    });
    await expect(download({}, stop.signal)).rejects.toThrow("enough");
  });
});

describe("attempts", () => {
  const { length } = files["model.safetensors"];

  it("count since the last whole file: a cut 200 in turn with a 206 from the wrong place", async () => {
    let count = 0;
    answer("/model.safetensors", (response) => {
      if (count++ % 2 === 0) {
        response.writeHead(200, { "content-length": length });
        response.write(new Uint8Array(1000), () => setTimeout(() => response.destroy(), 20));
      } else {
        response.writeHead(206, { "content-range": `bytes 0-${length - 1}/${length}` });
        response.end(new Uint8Array(length));
      }
    });
    await expectRefusal("ERR_IO", /model.safetensors/);
    expect(count).toBe(6); // the first brings bytes, and five bring none beyond them
  });

  it("are at most 32, also where each brings a byte", async () => {
    let count = 0;
    answer("/model.safetensors", (response, { headers }) => {
      count++;
      const from = Number(/\d+/.exec(headers.range ?? "0")![0]);
      const range = `bytes ${from}-${length - 1}/${length}`;
      response.writeHead(from === 0 ? 200 : 206, from === 0 ? {} : { "content-range": range });
      response.write(new Uint8Array(1), () => setTimeout(() => response.destroy(), 20));
    });
    await expectRefusal("ERR_IO", /was cut/);
    expect(count).toBe(32);
  });
});

describe("without network", () => {
  const elsewhere = "http://127.0.0.1:1";

  it("the error names the repository and its address, not what was asked there", async () => {
    await expectRefusal("ERR_IO", /^lm\/hub: owner\/tiny@main cannot be reached at http:[^?]*$/, {
      endpoint: elsewhere,
    });
  });

  it.each(["a Map", "a path"])(
    "what the cache has of the revision is used, after one attempt (%s)",
    async (place) => {
      const cache = place === "a path" ? await mkdtemp(join(tmpdir(), "lm-hub-")) : new Map();
      const before = await download({ cache });
      const refusing = vi.fn(async () => Promise.reject(new TypeError("fetch failed")));
      const options = { endpoint: elsewhere, cache, fetch: refusing };
      const folder = await hubFolder("hf:owner/tiny", { ...options, parts: ["model"] });
      expect(folder).toEqual(before);
      expect(refusing).toHaveBeenCalledTimes(1);
      if (typeof cache === "string") await rm(cache, { recursive: true });
    },
  );

  it.each<[string, "model" | "tokenizer"]>([
    ["hf:owner/tiny", "tokenizer"],
    ["hf:owner/tiny@v2", "model"],
    ["hf:owner/tiny/x.gguf", "model"],
  ])("what the cache has not of %s (%s) stays an error", async (source, part) => {
    const cache = new Map();
    await download({ cache });
    const settings = hubSettings({ endpoint: elsewhere, cache });
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    await expect(
      fetchHubFolder(parseHubSource(source), [part], settings, { wait }),
    ).rejects.toMatchObject({ code: "ERR_IO", fields: { isUnreachable: true } });
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
  });

  it("an answer that refuses is an error, whatever the cache has", async () => {
    const cache = new Map();
    await download({ cache });
    answer("/revision/", (response) => {
      response.writeHead(404, { "x-error-code": "RevisionNotFound" });
      response.end();
    });
    await expect(download({ cache })).rejects.toMatchObject({ fields: { status: 404 } });
  });
});
