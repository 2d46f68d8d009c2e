/** @file `deepgrain watch`: what a browser shows of runs that are written meanwhile, and what nobody gets. */
import { once } from "node:events";
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { seriousProblems } from "../support/serious-problems";
import { startWatch, type Watching } from "../support/start-watch";

/** How long a test waits for what must happen: a busy machine must not fail it. */
const PATIENCE = { timeout: 60_000 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepgrain-watch-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const step = (at: number, loss: number, more: object = {}) =>
  `${JSON.stringify({ stage: "pretrain", type: "step-end", step: at, loss, lr: 0.001, tokens: 64, seconds: 0.5, ...more })}\n`;
const evaluation = (at: number, loss: number) =>
  `${JSON.stringify({ stage: "pretrain", type: "eval-end", step: at, loss, scalars: {} })}\n`;
const load = (at: number, counts: number[]) =>
  `${JSON.stringify({ stage: "pretrain", type: "load", step: at, layers: [{ layer: "model.layers.1.mlp", counts, maxViolation: 1, droppedFraction: 0 }] })}\n`;
const sampleOf = (text: string) =>
  `${JSON.stringify({ stage: "pretrain", type: "sample", step: 1, prompt: "Once", text })}\n`;

async function writeRun(name: string, text: string): Promise<string> {
  await mkdir(join(folder, name), { recursive: true });
  const path = join(folder, name, "metrics.jsonl");
  await appendFile(path, text);
  return path;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request with any headers and any path; `fetch` would correct both. */
async function ask(
  url: string,
  path: string,
  { headers = {}, method = "GET" }: { headers?: Record<string, string>; method?: string } = {},
): Promise<Answer> {
  const { port } = new URL(url);
  const asked = request({ host: "127.0.0.1", port, path, method, headers });
  asked.end();
  const [response] = await once(asked, "response");
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

/** The cookie that the token is exchanged for. */
async function cookieOf({ url, token }: Watching): Promise<string> {
  const { status, headers } = await ask(url, `/?token=${token}`);
  expect([status, headers.location]).toEqual([303, "/"]);
  const [cookie] = headers["set-cookie"] as string[];
  expect(cookie).toMatch(/^deepgrain-watch-\w+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  return cookie!.split(";")[0]!;
}

/** The messages of the event stream until one makes a condition true. */
async function messagesUntil(
  { url }: Watching,
  cookie: string,
  isLast: (messages: Record<string, unknown>[]) => boolean,
): Promise<Record<string, unknown>[]> {
  const messages: Record<string, unknown>[] = [];
  const end = new AbortController();
  const { body } = await fetch(`${url}/events`, { headers: { cookie }, signal: end.signal });
  let text = "";
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n\n");
    text = lines.pop()!;
    messages.push(...lines.map((line) => JSON.parse(line.replace(/^data: /, ""))));
    if (isLast(messages)) break;
  }
  end.abort();
  return messages;
}

const markupOf = (messages: readonly Record<string, unknown>[], id: string) =>
  String(messages.filter((message) => message.id === id).at(-1)?.html ?? "");

describe.skipIf(!executablePath && !process.env.CI)("the page in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath! });
  });
  afterAll(() => browser.close());

  /** Opens the address that the command prints. */
  async function opened(
    { entrance }: Watching,
    options: { bypassCSP?: boolean } = {},
  ): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage(options);
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.goto(entrance);
    return { page, problems };
  }

  const runsOf = async (page: Page) => {
    await page.locator("[data-section=runs] tbody").waitFor({ timeout: 60_000 });
    return (await page.locator("[data-section=runs] :is(th, td)").allTextContents()).join(" ");
  };

  it("shows the last loss of a run as it is written, its experts, its samples as text, and a run that begins later", async () => {
    const path = await writeRun("main", step(1, 3.5) + evaluation(1, 3.25));
    const watching = await startWatch(folder);
    const { page, problems } = await opened(watching);
    expect(new URL(page.url()).href).toBe(`${watching.url}/`); // the token is gone
    await expect.poll(() => runsOf(page), PATIENCE).toMatch(/mainpretrain 3\.500 3\.250/);

    const hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    await appendFile(path, step(2, 1.2345) + load(2, [30, 10, 0, 60]) + sampleOf(hostile));
    await expect.poll(() => runsOf(page), PATIENCE).toContain("1.234");
    const map = page.locator("[data-section=load] .chart-wide svg");
    await expect.poll(() => map.locator("rect").count(), PATIENCE).toBe(4);
    const titles = await map.locator("rect title").allTextContents();
    expect(titles).toEqual(["30.0 %", "10.0 %", "0.0 %", "60.0 %"]);
    await expect
      .poll(() => page.locator("[data-section=samples] blockquote").textContent(), PATIENCE)
      .toBe(`Once${hostile}`);
    expect(await page.locator("[data-section=samples] :is(img, script)").count()).toBe(0);

    await writeRun("later", step(1, 0.777));
    await expect.poll(() => runsOf(page), PATIENCE).toContain("0.777");
    const loss = page.locator('[data-section="stage pretrain"] .charts > figure').first();
    expect(await loss.locator("figcaption").textContent()).toMatch(/later\s*main/);
    expect(await page.title()).toBe("Training runs");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("shows names of folders, stages and layers as text, and reports without their scripts", async () => {
    const name = `<img src=x onerror="document.title=1">`;
    const stage = { stage: name, prompt: name };
    await writeRun(name, step(1, 1, stage) + load(1, [1, 2]).replace("model.layers.1.mlp", "<b>x"));
    await mkdir(join(folder, "study"));
    await writeFile(join(folder, "study", "study.json"), JSON.stringify({ study: name }));
    const report = `<h1>Findings</h1><script>document.title="run"; fetch("/")</script>`;
    await writeFile(join(folder, "study", "report.html"), report);
    const { page, problems } = await opened(await startWatch(folder));
    const link = page.locator("[data-section=reports] a");
    await link.waitFor({ timeout: 60_000 });
    expect(await page.locator("#sections img, #sections b").count()).toBe(0);
    expect(await runsOf(page)).toContain(name);
    expect(problems).toEqual([]);
    await link.click();
    await page.locator("h1", { hasText: "Findings" }).waitFor(PATIENCE);
    expect(await page.title()).not.toBe("run");
    expect(await page.evaluate("self.origin").catch(() => "null")).toBe("null");
    await page.close();
  });

  it("keeps what was unfolded, and says when the command has ended", async () => {
    const path = await writeRun("main", step(1, 2));
    const watching = await startWatch(folder);
    const { page } = await opened(watching);
    const details = page.locator('[data-section="stage pretrain"] details').first();
    await details.locator("summary").click({ timeout: 60_000 });
    await appendFile(path, step(2, 1.5));
    await expect.poll(() => details.textContent(), PATIENCE).toContain("1.500");
    expect(await details.getAttribute("open")).not.toBeNull();
    await watching.stop();
    await expect
      .poll(() => page.locator("#state").textContent(), PATIENCE)
      .toContain("Not connected");
    await page.close();
  });

  it("fits a phone and a screen without a serious problem of accessibility, light and dark", async () => {
    await writeRun("main", step(1, 2) + evaluation(1, 2) + load(1, [1, 2, 3]) + sampleOf("x"));
    const { page } = await opened(await startWatch(folder), { bypassCSP: true }); // axe is not of the page
    await page.locator("[data-section=samples]").waitFor({ timeout: 60_000 });
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [390, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate<number>(
          "document.documentElement.scrollWidth - window.innerWidth",
        );
        expect(overflow).toBeLessThanOrEqual(0);
        expect(await seriousProblems(page)).toEqual([]);
      }
    await page.close();
  });
});

describe("who is answered", () => {
  it("nobody with another Host, without the token or the cookie, or from another page", async () => {
    await writeRun("main", step(1, 2));
    const watching = await startWatch(folder);
    const { url, token } = watching;
    const cookie = await cookieOf(watching);
    expect((await ask(url, "/", { headers: { cookie } })).body).toContain("Training runs");
    const paths = ["/", "/events", "/report/0", `/?token=${token}`];
    for (const path of paths) {
      for (const host of [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "[::1]",
        "0.0.0.0",
      ])
        expect(await ask(url, path, { headers: { host, cookie } }), host).toMatchObject({
          status: 403,
          body: "",
        });
      for (const headers of [
        { cookie, origin: "http://evil.example" },
        { cookie, origin: "null" },
        { cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
        { cookie, "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" },
      ])
        expect(await ask(url, path, { headers })).toMatchObject({ status: 403, body: "" });
    }
    const wrong = cookie.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const headers of [
      {},
      { cookie: wrong },
      { cookie: cookie.split("=")[0]! },
      { cookie: "" },
    ])
      for (const path of [
        "/",
        "/events",
        "/report/0",
        "/favicon.ico",
        "/?token=",
        `/?token=${token}x`,
      ])
        expect(await ask(url, path, { headers }), path).toMatchObject({ status: 401, body: "" });
  });

  it("only at 127.0.0.1, at a port of its own, with no word about where one comes from", async () => {
    await writeRun("main", step(1, 2));
    const [one, two] = [await startWatch(folder), await startWatch(folder)];
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.url).not.toBe(two.url);
    expect(one.token).not.toBe(two.token);
    expect(one.token.length).toBeGreaterThanOrEqual(43);
    const cookie = await cookieOf(one);
    expect((await ask(two.url, "/", { headers: { cookie } })).status).toBe(401);
    const { headers, body } = await ask(one.url, "/", { headers: { cookie } });
    expect(headers).toMatchObject({
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    });
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(body) ?? [];
    expect(policy).toMatch(/^default-src 'none'; .*script-src 'sha256-[^']+'; connect-src 'self'$/);
  });

  it("to nothing but GET: nothing can be written", async () => {
    await writeRun("main", step(1, 2));
    const watching = await startWatch(folder);
    const headers = { cookie: await cookieOf(watching) };
    const before = await readFile(join(folder, "main", "metrics.jsonl"), "utf8");
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
      for (const path of ["/", "/events", "/report/0", "/main/metrics.jsonl"])
        expect((await ask(watching.url, path, { method, headers })).status).toBe(405);
    await messagesUntil(watching, headers.cookie, (all) => markupOf(all, "runs") !== "");
    expect(await readdir(folder, { recursive: true })).toEqual(["main", "main/metrics.jsonl"]);
    expect(await readFile(join(folder, "main", "metrics.jsonl"), "utf8")).toBe(before);
  });
});

describe("what is read", () => {
  it("is no path that a request names", async () => {
    await writeRun("main", step(1, 2));
    await writeFile(join(folder, "main", "secret.txt"), "secret");
    const watching = await startWatch(join(folder, "main"));
    const headers = { cookie: await cookieOf(watching) };
    for (const path of [
      "/secret.txt",
      "/../secret.txt",
      "/report/../../etc/passwd",
      "/report/..%2f..%2fetc%2fpasswd",
      "/report/0/../../main/secret.txt",
      "//etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/report/-1",
      "/report/1e9",
      "/report/999999",
      "/metrics.jsonl",
      "/events/",
    ]) {
      const { status, body } = await ask(watching.url, path, { headers });
      expect({ path, status, body }).toEqual({ path, status: 404, body: "" });
    }
  });

  it("is nothing that a link leads to outside, however it is placed", async () => {
    const outside = await mkdtemp(join(tmpdir(), "deepgrain-outside-"));
    try {
      await mkdir(join(outside, "run"));
      await writeFile(join(outside, "run", "metrics.jsonl"), step(1, 6.66));
      await writeFile(join(outside, "report.html"), "outside");
      await symlink(join(outside, "run"), join(folder, "linked-folder"));
      await mkdir(join(folder, "linked-file"));
      await symlink(
        join(outside, "run", "metrics.jsonl"),
        join(folder, "linked-file", "metrics.jsonl"),
      );
      await mkdir(join(folder, "study"));
      await writeFile(join(folder, "study", "study.json"), JSON.stringify({ study: "s" }));
      await symlink(join(outside, "report.html"), join(folder, "study", "report.html"));
      const path = await writeRun("main", step(1, 2));
      const watching = await startWatch(folder);
      const cookie = await cookieOf(watching);
      const messages = await messagesUntil(
        watching,
        cookie,
        (all) => markupOf(all, "reports") !== "",
      );
      expect(markupOf(messages, "runs")).toContain("2.000");
      expect(JSON.stringify(messages)).not.toMatch(/6\.66|linked/);
      expect(markupOf(messages, "reports")).toContain("not finished");
      const ids = [0, 1, 2, 3];
      for (const id of ids)
        expect(await ask(watching.url, `/report/${id}`, { headers: { cookie } })).toMatchObject({
          status: 404,
          body: "",
        });
      // A folder that is followed already becomes a link.
      await rename(join(folder, "main"), join(outside, "moved"));
      await symlink(join(outside, "moved"), join(folder, "main"));
      await appendFile(join(outside, "moved", "metrics.jsonl"), step(2, 7.77));
      const after = await messagesUntil(watching, cookie, (all) =>
        /No run has written/.test(markupOf(all, "runs")),
      );
      expect(JSON.stringify(after)).not.toContain("7.77");
      expect(path).toContain(folder);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it("survives lines that are huge, damaged or hostile, and a file that begins anew", async () => {
    const huge = `{"stage":"pretrain","type":"step-end","step":9,"loss":9.99,"x":"${"a".repeat(3 * 2 ** 20)}"}\n`;
    const lines = [
      step(1, 2.5),
      huge,
      '{"stage":"pretrain","ty\n',
      "null\n[]\n{}\n\u0000\u0001\n",
      `${"[".repeat(100_000)}\n`,
      '{"stage":"pretrain","type":"step-end","step":2,"loss":1e999}\n',
      step(3, -1e308),
      step(4, 1.5),
      load(4, [Number.NaN, 1]),
      `${JSON.stringify({ stage: "pretrain", type: "load", step: 4, layers: [null, 7, { counts: "x" }, { counts: [-1] }] })}\n`,
      `${JSON.stringify({ stage: { a: 1 }, type: "step-end", step: 1 })}\n`,
      `${JSON.stringify({ stage: "pretrain", type: "sample", step: 4, prompt: null, text: { a: 1 } })}\n`,
      `{"stage":"__proto__","type":"step-end","step":5,"loss":4,"__proto__":{"loss":1}}\n`,
      ...Array.from({ length: 200 }, (_, i) => step(1, 1, { stage: `stage-${i}` })),
    ];
    const path = await writeRun("main", lines.join(""));
    const watching = await startWatch(folder);
    const cookie = await cookieOf(watching);
    const first = await messagesUntil(
      watching,
      cookie,
      (all) => markupOf(all, "samples") !== "" || all.some(({ id }) => id === "samples"),
    );
    expect(markupOf(first, "runs")).toMatch(
      /main · pretrain<\/span><\/th><td data-name="loss">1\.500/,
    );
    expect(markupOf(first, "runs")).toContain("lines of metrics.jsonl cannot be read");
    expect(markupOf(first, "runs")).not.toContain("9.990");
    const layout = first.find(({ type }) => type === "layout") as { sections: object[] };
    expect(layout.sections.length).toBeLessThan(40);

    // As a resumed run does: the file is another one, and shorter.
    await writeFile(`${path}.new`, step(1, 2.5) + step(2, 0.125));
    await rename(`${path}.new`, path);
    const again = await messagesUntil(watching, cookie, (all) =>
      markupOf(all, "runs").includes("0.125"),
    );
    expect(markupOf(again, "runs")).not.toContain("cannot be read");
  });

  it("does not wait at a pipe", async () => {
    const { execFileSync } = await import("node:child_process");
    await mkdir(join(folder, "pipe"));
    execFileSync("mkfifo", [join(folder, "pipe", "report.html")]);
    await writeFile(join(folder, "pipe", "study.json"), JSON.stringify({ study: "s" }));
    const watching = await startWatch(folder);
    const cookie = await cookieOf(watching);
    const messages = await messagesUntil(
      watching,
      cookie,
      (all) => markupOf(all, "reports") !== "",
    );
    expect(markupOf(messages, "reports")).toContain("not finished");
  });
});

describe("many who look", () => {
  it("are bounded: further streams get 503, further connections are closed", async () => {
    await writeRun("main", step(1, 2));
    const watching = await startWatch(folder);
    const headers = { cookie: await cookieOf(watching) };
    const end = new AbortController();
    const streams = await Promise.all(
      Array.from({ length: 30 }, () =>
        fetch(`${watching.url}/events`, { headers, signal: end.signal }),
      ),
    );
    const statuses = streams.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(24);
    expect(statuses.filter((status) => status === 503)).toHaveLength(6);
    end.abort();
    // Those that have left make room.
    await expect
      .poll(async () => {
        const left = new AbortController();
        const { status } = await fetch(`${watching.url}/events`, { headers, signal: left.signal });
        left.abort();
        return status;
      }, PATIENCE)
      .toBe(200);

    const port = Number(new URL(watching.url).port);
    const sockets = Array.from({ length: 100 }, () => connect(port, "127.0.0.1"));
    let closed = 0;
    for (const socket of sockets) {
      socket.on("error", () => undefined);
      socket.on("close", () => closed++);
    }
    await expect.poll(() => closed, PATIENCE).toBeGreaterThanOrEqual(36);
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(
        () =>
          ask(watching.url, "/", { headers }).then(
            ({ status }) => status,
            () => 0,
          ),
        PATIENCE,
      )
      .toBe(200);
  });

  it("and all streams end with the command, with exit code 0", async () => {
    await writeRun("main", step(1, 2));
    const watching = await startWatch(folder);
    const headers = { cookie: await cookieOf(watching) };
    const { body } = await fetch(`${watching.url}/events`, { headers });
    expect(await watching.stop()).toBe(0);
    const reader = body!.getReader();
    const drained = async () => {
      while (!(await reader.read()).done);
    };
    await drained().catch(() => undefined);
  });
});

it("refuses a folder that is missing, with exit code 2", async () => {
  await expect(startWatch(join(folder, "none"))).rejects.toThrow(/<dir>: there is no .*none/);
});
