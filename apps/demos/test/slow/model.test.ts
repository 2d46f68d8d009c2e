import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { BrowserContext, Download, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initial } from "../../src/model/limits";
import type { RecordedModel } from "../../src/model/recorded";
import { filesSource, type Source, shippedSource } from "../../src/model/source";
import type { Turn, Writing } from "../../src/model/write";
import type { ModelFiles } from "../../src/models/folder-files";
import { readRecorded } from "../../src/site/read-recorded";
import {
  lengthen,
  onDisk,
  serveModel,
  slowModel,
  storiesFiles,
  withJson,
} from "./support/model-folders";
import { collect, modelInNode, sessionInNode, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  model: string;
  description: RecordedModel["description"];
  turns: Turn[];
  written: { tokens: number; tokensPerSecond: number; bytes: number };
}

const { prompt, ...usual } = initial;
const asked: Turn = { role: "user", content: prompt };
/** The likeliest token each time. */
const greedy = { temperature: 0, tokens: 60 };
const GREEDY = "temperature=0&tokens=60";

/** The turns with what a model writes in Node. */
async function writtenInNode(
  source: Source,
  part: Partial<Writing> = {},
  session = modelInNode(),
): Promise<Turn[]> {
  const run = { turns: [asked], ...usual, ...part };
  const events = await collect(session.write({ source, ...run }, signal));
  return [...run.turns, { role: "assistant", content: events.at(-1)!.text }];
}

const stories = shippedSource("stories");

describe("what the page of one's own model shows at first", () => {
  it("is what the shipped model writes", async () => {
    const recorded = readRecorded<RecordedModel>("model");
    expect(await writtenInNode(stories)).toEqual(recorded.turns);
    const events = await collect(modelInNode().open({ source: stories }, signal));
    expect(events.at(-1)).toMatchObject({ type: "opened" }); // after progress, on a busy machine
  });
});

describe.skipIf(withoutChromium)("the page of one's own model in Chromium", () => {
  let site: Site;
  let files: Map<string, Blob>;
  let expected: Turn[];
  beforeAll(async () => {
    site = await openSite();
    files = await storiesFiles();
    expected = await writtenInNode(stories, greedy);
  });
  afterAll(() => site?.close());

  /** Waits until something was written here and nothing is being done. */
  const isDone = async (page: Page) => {
    await page.locator("#live:not(:has(.tag))").waitFor();
    await page.locator("#speed").waitFor();
    await page.locator(".status:empty").waitFor({ state: "attached" });
  };
  const press = (page: Page, name: string) =>
    page.getByRole("button", { name, exact: true }).click();
  /** A visit where no folder can be picked, so that one is chosen in a form. */
  const visitWithForm = async (hash = GREEDY, context?: BrowserContext) => {
    const own = context ?? (await site.browser.newContext());
    await own.addInitScript("delete globalThis.showDirectoryPicker");
    return visit(own, site.url, `model.html#${hash}`);
  };
  const choose = (page: Page, folder: string) => page.setInputFiles("input[type=file]", folder);
  const turnsOf = async (page: Page) => (await savedJson<Saved>(page)).turns;
  const titled = (page: Page, name: string) =>
    page.locator("#writing", { hasText: name }).waitFor();

  it.each([
    ["without isolation headers", () => site.url],
    ["with them", () => site.isolatedUrl],
  ])("continues a text as Node does, %s", async (_, address) => {
    const { page, complaints } = await visit(site.browser, address(), "model.html");
    expect(await page.textContent("#live")).toContain("Recorded");
    await page.locator("#temperature").press("Home");
    expect(new URL(page.url()).hash).toBe("#temperature=0");
    await press(page, "Write");
    await isDone(page);
    const saved = await savedJson<Saved>(page);
    expect(saved.isRecorded).toBe(false);
    expect(saved.turns).toEqual(await writtenInNode(stories, { temperature: 0 }));
    expect(saved.written.tokensPerSecond).toBeGreaterThan(0);
    expect(await page.textContent("#speed")).toMatch(/^160 tokens, [\d,]+ per second, \d+ kB in/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("repeats a text, writes another, and opens this site's mixture, by the keyboard", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "model.html");
    await page.getByRole("button", { name: "Write", exact: true }).press("Enter");
    await isDone(page);
    expect(await turnsOf(page)).toEqual(readRecorded<RecordedModel>("model").turns);
    await page.getByRole("button", { name: "Another text" }).press("Enter");
    const next = await writtenInNode(stories, { seed: 2 });
    await expect.poll(() => turnsOf(page), { interval: 500, timeout: 120_000 }).toEqual(next);
    expect(new URL(page.url()).hash).toBe("#seed=2");
    await page.getByRole("button", { name: "The fine mixture" }).press("Enter");
    await titled(page, "The fine mixture");
    await isDone(page);
    const own = await writtenInNode(shippedSource("mixture"), { seed: 2 });
    await expect.poll(() => turnsOf(page), { interval: 500, timeout: 120_000 }).toEqual(own);
    expect(new URL(page.url()).hash).toBe("#from=mixture&seed=2");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("opens a folder that was chosen in a form, to the same text", async () => {
    const { page, complaints } = await visitWithForm();
    await isDone(page);
    await choose(page, await onDisk("my-stories", files));
    await titled(page, "my-stories");
    await isDone(page);
    expect(await turnsOf(page)).toEqual(expected);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("writes a model into a folder that is picked, and reads it from there", async () => {
    const context = await site.browser.newContext();
    await context.addInitScript(`
      globalThis.showDirectoryPicker = async ({ mode }) => {
        const root = await navigator.storage.getDirectory();
        const disk = await root.getDirectoryHandle("disk", { create: true });
        return mode === "read" ? disk.getDirectoryHandle("my-model") : disk;
      };
    `);
    const { page, complaints } = await visit(context, site.url, `model.html#${GREEDY}`);
    await isDone(page);
    await press(page, "Download");
    const written = `navigator.storage.getDirectory()
      .then((root) => root.getDirectoryHandle("disk"))
      .then((disk) => disk.getDirectoryHandle("my-model"))
      .then((model) => model.getFileHandle("model.safetensors"))
      .then(() => true, () => false)`;
    await expect.poll(() => page.evaluate(written), { timeout: 120_000 }).toBe(true);
    await page.locator(".status:empty").waitFor({ state: "attached" });
    await press(page, "Choose a folder");
    await titled(page, "my-model");
    await isDone(page);
    expect(await turnsOf(page)).toEqual(expected);
    await press(page, "Download");
    await page.getByText("There is a “my-model” in that folder; choose another name.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("gives the model's files as downloads where no folder can be picked", async () => {
    const { page } = await visitWithForm();
    await isDone(page);
    const found: Download[] = [];
    page.on("download", (one) => found.push(one));
    await press(page, "Download");
    await expect.poll(() => found.length, { timeout: 60_000 }).toBe(files.size);
    for (const one of found) {
      const content = await readFile(await one.path());
      const own = files.get(one.suggestedFilename())!;
      expect(content.equals(new Uint8Array(await own.arrayBuffer()))).toBe(true);
    }
    await page.context().close();
  });

  it("asks an address only once its host was seen and pressed, without cookies or a referrer", async () => {
    const host = await serveModel(files);
    const given = `http://${host.host}/model`;
    const { page, complaints } = await visit(
      site.browser,
      site.url,
      `model.html#${GREEDY}&address=${encodeURIComponent(given)}`,
    );
    await isDone(page);
    expect(await page.inputValue("#address")).toBe(given);
    expect(host.asked).toEqual([]);
    expect(await page.textContent("#ask")).toBe(`Ask ${host.host}`);
    await page.click("#ask");
    await titled(page, "model");
    await isDone(page);
    expect(await turnsOf(page)).toEqual(expected);
    const paths = new Set(host.asked.map(({ path }) => path));
    expect(paths).toContain("/model/model.safetensors");
    for (const { referrer, cookie } of host.asked)
      expect([referrer, cookie]).toEqual([undefined, undefined]);
    const others = complaints.filter(
      (one) => !one.includes(host.host) && !/status of 404/.test(one),
    );
    expect(others).toEqual([]);
    for (const [path, problem] of [
      ["moved", /cannot be read: .*cannot fetch .*not send requests on/],
      ["closed", /cannot be read: .*cannot fetch .*let other sites read/],
      ["missing", /cannot be read: .*there is no config\.json in .*The model before it stays/],
    ] as const) {
      await page.fill("#address", `http://${host.host}/${path}`);
      await page.click("#ask");
      await page.locator("#address-problems", { hasText: problem }).waitFor();
      expect(await turnsOf(page)).toEqual(expected);
    }
    host.close();
    await page.close();
  });

  it("says beside the field which addresses are not asked", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "model.html");
    for (const [text, problem] of [
      ["model", "This is no address; one begins with https:// and a host."],
      ["http://example.org/model", /^Only https:\/\/ is asked/],
      ["ftp://example.org/model", /^Only https:\/\/ is asked/],
      ["https://me:secret@example.org/model", /name or a password/],
      ["https://example.org/model?key=1", /without “\?” or “#”/],
    ] as const) {
      await page.fill("#address", text);
      await page.locator("#address-problems", { hasText: problem }).waitFor();
      expect(await page.textContent("#ask")).toBe("Ask its host");
      await page.click("#ask");
    }
    await page.fill("#address", "https://huggingface.co/owner/name");
    expect(await page.textContent("#address-problems")).toBe("");
    expect(await page.textContent("#ask")).toBe("Ask huggingface.co and its file hosts");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("opens the mixture that was just trained, with the text that Node's writes", async () => {
    const context = await site.browser.newContext();
    const { page, complaints } = await visit(context, site.url, "mixture.html#seed=3&steps=20");
    await page.getByRole("button", { name: "Open the fine one in Your model" }).click();
    await page.waitForURL(/model\.html#saved=mixture-fine$/);
    await titled(page, "mixture-fine");
    await isDone(page);
    const mixture = sessionInNode();
    await collect(mixture.train({ seed: 3, steps: 20 }, signal));
    const [trained] = await collect(mixture.files({ kind: "fine" }, signal));
    expect(await turnsOf(page)).toEqual(await writtenInNode(filesSource("fine", trained!)));
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("keeps a model over a reload, to the same bits, and deletes it", async () => {
    const context = await site.browser.newContext();
    const { page, complaints } = await visit(context, site.url, `model.html#${GREEDY}`);
    await isDone(page);
    await page.fill("#name", "story-teller");
    await press(page, "Save in this browser");
    const kept = page.getByRole("button", { name: "story-teller", exact: true });
    await kept.waitFor();
    await press(page, "Save in this browser");
    await page.getByText("There is a saved model “story-teller”: delete it, or").waitFor();
    await page.reload();
    await isDone(page);
    await kept.click();
    await titled(page, "story-teller");
    await isDone(page);
    expect(await turnsOf(page)).toEqual(expected);
    await page.reload();
    await titled(page, "story-teller");
    const hash = await page.evaluate<string>(`(async () => {
      const root = await navigator.storage.getDirectory();
      const models = await root.getDirectoryHandle("models");
      const folder = await models.getDirectoryHandle("story-teller");
      const file = await (await folder.getFileHandle("model.safetensors")).getFile();
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    })()`);
    const own = new Uint8Array(await files.get("model.safetensors")!.arrayBuffer());
    expect(hash).toBe(createHash("sha256").update(own).digest("hex"));
    await press(page, "Delete story-teller");
    await page.getByText("None yet.").waitFor();
    await page.reload();
    await page.getByText("This browser has no saved model “story-teller”.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("says so when there is no room in the browser, or it keeps nothing", async () => {
    const context = await site.browser.newContext();
    const { page } = await visit(context, site.url, `model.html#${GREEDY}`);
    await isDone(page);
    const devtools = await context.newCDPSession(page);
    const { origin } = new URL(site.url);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 100_000 });
    await press(page, "Save in this browser");
    await page.getByText("There is no room for “my-model” (540 kB) in this browser:").waitFor();
    expect(await turnsOf(page)).toEqual(expected);
    expect(await page.textContent(".sources")).toContain("None yet.");
    await context.close();
    const closed = await site.browser.newContext();
    await closed.addInitScript(`
      navigator.storage.getDirectory = async () => { throw new DOMException("it is not allowed", "SecurityError"); };
    `);
    const { page: other } = await visit(closed, site.url, `model.html#${GREEDY}`);
    await isDone(other);
    await press(other, "Save in this browser");
    await other
      .getByText("This browser does not let the page keep models: it is not allowed.")
      .waitFor();
    await other.fill("#name", "a name/..");
    await press(other, "Save in this browser");
    await other.getByText("A name has 1 to 40 letters, digits, “-” and “_”.").waitFor();
    await closed.close();
  });

  it("converses where the model's folder says how", async () => {
    const template =
      "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}" +
      "{% if add_generation_prompt %}assistant: {% endif %}";
    const chatty = await withJson(files, "tokenizer_config.json", { chat_template: template });
    const { page } = await visitWithForm();
    await isDone(page);
    await choose(page, await onDisk("chatty", chatty));
    await titled(page, "chatty");
    const source = filesSource("chatty", chatty);
    const session = modelInNode();
    let turns: Turn[] = [];
    for (const content of ["Tell me a story.", "And then?"]) {
      await page.fill("#prompt", content);
      await press(page, "Send");
      turns = await writtenInNode(
        source,
        { ...greedy, turns: [...turns, { role: "user", content }] },
        session,
      );
      await expect.poll(() => turnsOf(page), { interval: 500, timeout: 120_000 }).toEqual(turns);
    }
    expect(await page.locator(".turns li").count()).toBe(4);
    await press(page, "Another answer");
    await page.waitForURL(/seed=2/);
    await expect.poll(() => turnsOf(page), { interval: 500, timeout: 120_000 }).toEqual(turns);
    await press(page, "New conversation");
    expect(await page.locator(".turns li").count()).toBe(0);
    await page.context().close();
  });

  it("shows speed and memory while it writes, rests while hidden, and stops", async () => {
    const folder = await onDisk("slow", await slowModel());
    const { page } = await visitWithForm("tokens=2000");
    await isDone(page);
    await choose(page, folder);
    await titled(page, "slow");
    await page.locator("#speed", { hasText: /tokens, [\d,]+ per second, [\d.]+ MB in/ }).waitFor();
    expect(await page.textContent(".status")).toBe("Writing");
    const hide = (isHidden: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      `);
    const frames =
      "new Promise((done) => { let n = 0; const next = () => ++n < 30 ? requestAnimationFrame(next) : done(); next(); })";
    await hide(true);
    await page.evaluate(frames);
    const before = await page.textContent("#live");
    await page.evaluate(frames);
    expect(await page.textContent("#live")).toBe(before);
    await hide(false);
    await expect.poll(() => page.textContent("#live"), { timeout: 120_000 }).not.toBe(before);
    await press(page, "Stop");
    expect(await page.textContent(".status")).toBe("");
    await page.evaluate(frames);
    const kept = await savedJson<Saved>(page);
    expect(kept.written.tokens).toBeLessThan(2000);
    await page.evaluate(frames);
    expect(await turnsOf(page)).toEqual(kept.turns);
    await press(page, "Write");
    await page.locator(".status", { hasText: "Writing" }).waitFor();
    await page.context().close();
  });

  it("says what is wrong with a folder beside it, and keeps the model before", async () => {
    const { page } = await visitWithForm();
    await isDone(page);
    const text = (content: string) => new Blob([content]);
    const without = (name: string) => new Map([...files].filter(([own]) => own !== name));
    const put = (name: string, content: Blob) => new Map([...files, [name, content]]);
    const wrong: [string, ModelFiles, RegExp][] = [
      ["notes", new Map([["notes.txt", text("a")]]), /“notes” holds no model: it needs config/],
      ["hollow", put("model.safetensors", text("")), /model\.safetensors in “hollow” is empty/],
      ["bare", without("config.json"), /there is no config\.json in its folder/],
      ["mute", without("tokenizer.json"), /there is no tokenizer\.json in its folder/],
      ["noise", put("config.json", new Blob([new Uint8Array(99)])), /config\.json/],
      [
        "static",
        put("model.safetensors", new Blob([new Uint8Array(5000).fill(255)])),
        /safetensors/,
      ],
      ["strange", await withJson(files, "config.json", { model_type: "parrot" }), /parrot/],
      [
        "lacking",
        await withJson(files, "config.json", { num_hidden_layers: 6 }),
        /9 missing weights \(model\.layers\.5\./,
      ],
      [
        "misshapen",
        await withJson(files, "config.json", { intermediate_size: 100 }),
        /must be \[100, 64\], the file has \[172, 64\]/,
      ],
      ["foreign", put("tokenizer.json", await foreignTokenizer(files)), /tokenizer has 600 tokens/],
      ["old", new Map([["model.gguf", new Blob([new Uint8Array(64)])]]), /gguf/i],
    ];
    const written = await page.textContent(".own-model");
    for (const [name, content, problem] of wrong) {
      await choose(page, await onDisk(name, content));
      const said = page.locator(".sources .problems", { hasText: problem });
      await said.waitFor();
      expect(await said.textContent()).toContain("The model before it stays.");
      // Read from the page: Chromium holds back the eleventh file that a page saves.
      expect(await page.textContent(".own-model")).toBe(written);
    }
    expect(await turnsOf(page)).toEqual(expected);
    await page.dispatchEvent("input[type=file]", "change");
    await page.getByText("That folder holds no files. The model before it stays.").waitFor();
    const huge = await onDisk("huge", files);
    lengthen(huge, "tokenizer.json", 70_000_000);
    await choose(page, huge);
    await page.getByText("tokenizer.json in “huge” has 70 MB; at most 64 MB are read.").waitFor();
    await press(page, "Write");
    await isDone(page);
    expect(await turnsOf(page)).toEqual(expected);
    await page.context().close();
  });

  it("says what is wrong with a text or an edited address, and keeps what was written", async () => {
    const { page } = await visit(
      site.browser,
      site.url,
      `model.html#${GREEDY}&seed=-1&from=moon&saved=..%2Fx&address=http%3A%2F%2Fexample.org&x=1`,
    );
    await isDone(page);
    const sentences = [
      "The address has “x”, which this page does not know.",
      "from in the address must be one of stories, mixture, so it is ignored.",
      "saved in the address must be a name of 1 to 40 letters, digits, “-” and “_”, so it is ignored.",
      "address in the address must be an https address, or an http address of this machine, so it is ignored.",
      "seed in the address must be a whole number from 0 to 2147483647, so it is ignored.",
    ];
    const said = await page.locator("#address-state p").allTextContents();
    expect(said.sort()).toEqual(sentences.sort());
    for (const [content, problem] of [
      ["", "Type something for the model to go on from; what it wrote before stays."],
      ["a".repeat(8001), "The text has 8,001 letters; at most 8,000 are read."],
      ["once ".repeat(600), "tokens; this model reads at most 512 with those that it writes."],
    ] as const) {
      await page.fill("#prompt", content);
      await press(page, "Write");
      await page.getByText(problem).waitFor();
      expect(await turnsOf(page)).toEqual(expected);
    }
    await page.close();
  });

  it.each(["gpu.js", "WebGPU"])("writes the same first words on %s", async (name) => {
    const { page } = await visit(site.browser, site.url, "model.html#temperature=0&tokens=10");
    await isDone(page);
    const before = await turnsOf(page);
    await page.locator(".chip summary").click();
    await page.getByLabel(name).check();
    await press(page, "Write");
    await page.locator(".status", { hasText: "Writing" }).waitFor();
    await isDone(page);
    expect(await turnsOf(page)).toEqual(before);
    expect(await page.textContent(".chip-card")).toContain(`${name} computes`);
    await page.close();
  });
});

/** The tokenizer of a larger vocabulary. */
async function foreignTokenizer(files: ModelFiles): Promise<Blob> {
  const own = JSON.parse(await files.get("tokenizer.json")!.text());
  for (let id = 512; id < 600; id++) own.model.vocab[`word${id}`] = id;
  return new Blob([JSON.stringify(own)]);
}
