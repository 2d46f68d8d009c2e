import { describe, expect, it } from "vitest";
import { encodeSafetensors, openSafetensors } from "../../src/files";
import { openSource } from "../../src/files/open-source";

const url = "https://example.org/model.safetensors";
const data = new Float32Array(50_000).map((_, i) => i);
const file = encodeSafetensors([{ name: "x", shape: [50, 1000], data }]);

interface ServerOptions {
  bytes?: Uint8Array<ArrayBuffer>;
  hidesTotal?: boolean;
  ignoresRanges?: boolean;
}

/** A `fetch` that serves one file, and a list of the ranges it was asked for. */
function serve({ bytes = file, hidesTotal = false, ignoresRanges = false }: ServerOptions = {}) {
  const requests: string[] = [];
  const fetch = (async (_: string | URL, init?: RequestInit) => {
    const range = new Headers(init?.headers).get("range");
    requests.push(range ?? init?.method ?? "GET");
    if (init?.method === "HEAD")
      return new Response(null, { headers: { "content-length": String(bytes.length) } });
    if (range === null || ignoresRanges) return new Response(bytes);
    const [begin, last] = range.slice("bytes=".length).split("-").map(Number) as [number, number];
    if (begin >= bytes.length) return new Response(null, { status: 416 });
    const end = Math.min(last + 1, bytes.length);
    const total = `bytes ${begin}-${end - 1}/${bytes.length}`;
    const headers = hidesTotal ? {} : { "content-range": total };
    return new Response(bytes.slice(begin, end), { status: 206, headers });
  }) as typeof globalThis.fetch;
  return { fetch, requests };
}

const answer = (response: () => Response | Promise<Response>) => ({
  fetch: (async () => response()) as unknown as typeof globalThis.fetch,
});

describe("a file on a server", () => {
  it("is read by ranges: one request opens it, one reads a tensor", async () => {
    const { fetch, requests } = serve();
    const opened = await openSafetensors(url, { fetch });
    expect(requests).toEqual(["bytes=0-65535"]);
    const begin = opened.info("x").begin;
    expect((await opened.readRows("x", 49, 50)).data).toEqual(data.subarray(49_000));
    expect(requests.slice(1)).toEqual([`bytes=${begin + 196_000}-${file.length - 1}`]);
    expect((await opened.readRows("x", 0, 1)).data).toEqual(data.subarray(0, 1000));
    expect(requests).toHaveLength(2);
    expect((await opened.read("x")).data).toEqual(data);
  });

  it("may be given as a URL object", async () => {
    const opened = await openSafetensors(new URL(url), { fetch: serve().fetch });
    expect(opened.info("x").shape).toEqual([50, 1000]);
  });

  it("tells its size through a HEAD request where the total is hidden", async () => {
    const server = serve({ hidesTotal: true });
    const opened = await openSafetensors(url, { fetch: server.fetch });
    expect(server.requests).toEqual(["bytes=0-65535", "HEAD"]);
    expect((await opened.read("x")).data).toEqual(data);
  });

  it("is kept in memory where the server ignores ranges", async () => {
    const server = serve({ ignoresRanges: true });
    const opened = await openSafetensors(url, { fetch: server.fetch });
    expect((await opened.read("x")).data).toEqual(data);
    expect(server.requests).toHaveLength(1);
  });

  it("may be empty", async () => {
    expect((await openSource(url, { fetch: serve({ bytes: new Uint8Array(0) }).fetch })).size).toBe(
      0,
    );
  });
});

describe("a server that fails", () => {
  it("is an ERR_IO with the status, and missing for 404 and 410", async () => {
    for (const [status, isMissing] of [
      [404, true],
      [410, true],
      [403, false],
      [500, false],
    ] as const)
      await expect(
        openSource(
          url,
          answer(() => new Response("no", { status })),
        ),
      ).rejects.toMatchObject({
        code: "ERR_IO",
        fields: { url, status, isMissing },
      });
  });

  it("is an ERR_IO when it cannot be reached, breaks off or does not tell a size", async () => {
    const cases = [
      answer(() => Promise.reject(new TypeError("fetch failed"))),
      answer(() => new Response(new ReadableStream({ start: (c) => c.error(new Error("reset")) }))),
      answer(() => new Response(new Uint8Array(8), { status: 206 })),
    ];
    for (const options of cases)
      await expect(openSource(url, options)).rejects.toMatchObject({ code: "ERR_IO" });
  });

  it("is an ERR_IO that names the place when the file is replaced between two ranges", async () => {
    const tags = ['"a"', 'W/"a"', '"b"'];
    const server = serve();
    const fetch = async (address: string | URL | Request, init?: RequestInit) => {
      const response = await server.fetch(address, init);
      response.headers.set("etag", tags.shift()!);
      return response;
    };
    const opened = await openSafetensors(url, { fetch });
    expect((await opened.readRows("x", 49, 50)).data).toEqual(data.subarray(49_000));
    await expect(opened.readRows("x", 49, 50)).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining(`${url} was replaced while it was read`),
      fields: { expected: '"a"', got: '"b"' },
    });
  });

  it("is an ERR_IO when the file changes its size while it is read", async () => {
    let bytes = file;
    const opened = await openSafetensors(url, {
      fetch: ((...request) => serve({ bytes }).fetch(...request)) as typeof globalThis.fetch,
    });
    bytes = file.slice(0, -4);
    await expect(opened.readRows("x", 48, 49)).rejects.toMatchObject({ code: "ERR_IO" });
  });

  it("is an ERR_IO when it stops answering ranges", async () => {
    let ignoresRanges = false;
    const opened = await openSafetensors(url, {
      fetch: ((...request) =>
        serve({ ignoresRanges }).fetch(...request)) as typeof globalThis.fetch,
    });
    ignoresRanges = true;
    await expect(opened.read("x")).rejects.toMatchObject({
      code: "ERR_IO",
      fields: { status: 200 },
    });
  });

  it("is read only as far as it was asked for, however much the server sends", async () => {
    let sent = 0;
    const endless = (total: number) =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += 4096;
            controller.enqueue(new Uint8Array(4096));
          },
        }),
        { status: 206, headers: { "content-range": `bytes 0-65535/${total}` } },
      );
    const source = await openSource(
      url,
      answer(() => endless(1_000_000)),
    );
    expect(await source.read(70_000, 70_100)).toHaveLength(100);
    expect(sent).toBeLessThan(2 * 65_536 + 4 * 4096);
  });

  it("is an ERR_IO when fewer bytes come than were asked for", async () => {
    const short = () =>
      new Response(new Uint8Array(10), {
        status: 206,
        headers: { "content-range": "bytes 0-65535/1000000" },
      });
    await expect(openSource(url, answer(short))).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("sent 10 bytes where 65536 were asked for"),
    });
    const announced = () => new Response("abc", { headers: { "content-length": "5" } });
    await expect(openSource(url, answer(announced))).rejects.toMatchObject({ code: "ERR_IO" });
  });

  it("passes an abort on as it is", async () => {
    const controller = new AbortController();
    const fetch = (async (_: string | URL, init?: RequestInit) => {
      controller.abort(new Error("enough"));
      init?.signal?.throwIfAborted();
      return new Response();
    }) as typeof globalThis.fetch;
    await expect(openSource(url, { fetch, signal: controller.signal })).rejects.toThrow("enough");
  });
});
