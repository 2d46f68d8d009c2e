import type { Frame, Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pages } from "../../src/site/document";
import { type Host, serveHost } from "./support/host";
import { openSite, type Site, visit, withoutChromium } from "./support/site";

const PATIENCE = { timeout: 240_000 };

const figure = (id: string, attributes: string) =>
  `<deepgrain-figure id="${id}" ${attributes}></deepgrain-figure>`;

/** An article with three figures, the first two of the same page. */
const article = (site: string) => `
  ${figure("first", 'page="anchors" state="layers=1" hide="where, seed, nothing-there"')}
  ${figure("second", 'page="anchors"')}
  ${figure("third", 'page="federated" state="rounds=200"')}
  <script src="${site}embed.js"></script>`;

describe.skipIf(withoutChromium)(
  "figures in a page of another origin, and pages under ?embed, in Chromium",
  () => {
    let site: Site;
    const hosts: Host[] = [];
    beforeAll(async () => {
      site = await openSite();
    });
    afterEach(() => {
      for (const host of hosts.splice(0)) host.close();
    });
    afterAll(() => site?.close());

    const originOf = (address: string) => new URL(address).origin;

    /** Opens an article, and notes every script of the site that it asks for. */
    async function openArticle(policy: string, body = article(site.url)) {
      const host = await serveHost(body, policy);
      hosts.push(host);
      const page = await site.browser.newPage();
      page.setDefaultTimeout(120_000);
      const scripts: string[] = [];
      page.on("request", (request) => {
        if (/\/assets\/.*\.js$/.test(request.url())) scripts.push(request.url());
      });
      await page.goto(host.url);
      await page.evaluate("customElements.whenDefined('deepgrain-figure').then(() => true)");
      return { page, scripts, host };
    }

    const policyOfSite = () => `script-src ${originOf(site.url)}; frame-src ${originOf(site.url)}`;

    /** Opens a figure by its button. @returns its frame, once it is as tall as its page */
    async function touch(page: Page, id: string): Promise<Frame> {
      // A click could miss: the figure above it may just have become shorter.
      await page.locator(`#${id} button`).press("Enter");
      const frame = page.locator(`#${id} iframe`);
      await expect
        .poll(async () => (await frame.boundingBox())?.height, PATIENCE)
        .toBeGreaterThan(50);
      return (await (await frame.elementHandle())!.contentFrame())!;
    }

    const heights = async (page: Page, id: string, frame: Frame) => [
      await page.locator(`#${id} iframe`).evaluate((one) => (one as HTMLElement).offsetHeight),
      await frame.evaluate<number>("document.body.offsetHeight"),
    ];

    it("are pictures with words, and ask for no script of the pages before a touch", async () => {
      const { page, scripts } = await openArticle(policyOfSite());
      const images = page.locator("deepgrain-figure img");
      expect(await images.count()).toBe(3);
      await expect
        .poll(
          () =>
            images.evaluateAll((all) =>
              all.every((one) => (one as HTMLImageElement).naturalWidth > 0),
            ),
          PATIENCE,
        )
        .toBe(true);
      expect(await images.first().getAttribute("alt")).toMatch(/Answers that stay: 28/);
      expect(scripts).toEqual([]);
      expect(page.frames()).toHaveLength(1);
      const link = page.locator("#first a");
      expect(await link.getAttribute("href")).toBe(`${site.url}anchors.html#layers=1`);
      await page.close();
    });

    it("show the page's number and its height, without what is hidden, and say what is not known", async () => {
      const { page, scripts } = await openArticle(policyOfSite());
      const frame = await touch(page, "first");
      expect(scripts.length).toBeGreaterThan(0);
      const direct = await visit(site.browser, site.url, "anchors.html#layers=1");
      const number = (where: Page | Frame) => where.textContent("#anchors-loyalty");
      expect(await number(frame)).toBe(await number(direct.page));
      for (const gone of ["header", "footer", ".intro", "#where", "[data-name=seed]"])
        expect(await frame.locator(gone).first().isVisible()).toBe(false);
      for (const there of ["#target", "#layers", "[data-name=replay]"])
        expect(await frame.locator(there).isVisible()).toBe(true);
      expect(await frame.locator(".problems p").allTextContents()).toEqual([
        "hide has “nothing-there”, which this page does not know.",
      ]);
      await expect
        .poll(async () => new Set(await heights(page, "first", frame)).size, PATIENCE)
        .toBe(1);
      const before = (await heights(page, "first", frame))[0]!;
      await frame.evaluate("document.querySelector('#prompt').closest('section').hidden = true");
      await expect
        .poll(async () => {
          const [outer, inner] = await heights(page, "first", frame);
          return outer === inner && outer! < before;
        }, PATIENCE)
        .toBe(true);
      await direct.page.close();
      await page.close();
    });

    it("run one at a time, go on where they were left, and end with their frame", async () => {
      const { page } = await openArticle(policyOfSite());
      const first = await touch(page, "first");
      await first.selectOption("#target", "random");
      await expect.poll(() => page.workers().length, PATIENCE).toBe(1);
      await first.locator('.outcome[aria-busy="false"]').first().waitFor();
      const number = await first.textContent("#anchors-loyalty");
      const third = await touch(page, "third");
      expect(await page.locator("deepgrain-figure iframe").count()).toBe(1);
      expect(await page.locator("#first img").isVisible()).toBe(true);
      await third.getByRole("slider").press("ArrowLeft");
      await third.getByText(/^After round [1-9]/).waitFor();
      expect(page.workers()).toHaveLength(1);
      const again = await touch(page, "first");
      await expect.poll(() => page.workers().length, PATIENCE).toBe(1);
      await again.locator('.outcome[aria-busy="false"]').first().waitFor();
      expect(await again.locator("#target").inputValue()).toBe("random");
      expect(await again.textContent("#anchors-loyalty")).toBe(number);
      expect(page.workers()).toHaveLength(1);
      await page.locator("#first").evaluate((one) => one.remove());
      await expect.poll(() => page.workers().length, PATIENCE).toBe(0);
      await page.close();
    });

    it("end in mid-training when they are removed, or when an attribute changes", async () => {
      const { page } = await openArticle(policyOfSite());
      const third = await touch(page, "third");
      await third.getByRole("slider").press("ArrowLeft");
      await third.getByText(/^After round [1-9]/).waitFor();
      expect(page.workers()).toHaveLength(1);
      await page.locator("#third").evaluate((one) => one.setAttribute("state", "ratio=2"));
      await expect.poll(() => page.workers().length, PATIENCE).toBe(0);
      expect(await page.locator("#third img").isVisible()).toBe(true);
      await page.locator("#third").evaluate((one) => one.setAttribute("page", "no-such-page"));
      expect(
        await page
          .locator("#third")
          .getByText(/^deepgrain-figure: page must be one of/)
          .isVisible(),
      ).toBe(true);
      await page.close();
    });

    it("stay picture and link where the policy forbids frames, and live where it forbids pictures", async () => {
      const origin = originOf(site.url);
      const closed = await openArticle(`script-src ${origin}; frame-src 'none'`);
      await closed.page.locator("#first button").click();
      await expect.poll(() => closed.page.locator("iframe").count(), PATIENCE).toBe(0);
      expect(await closed.page.locator("#first img").isVisible()).toBe(true);
      expect(await closed.page.locator("#first a").isVisible()).toBe(true);
      await closed.page.close();
      const strict = await openArticle(
        `default-src 'none'; script-src ${origin}; frame-src ${origin}`,
      );
      expect(await strict.page.getByRole("img", { name: /Answers that stay/ }).count()).toBe(2);
      const frame = await touch(strict.page, "first");
      expect(await frame.textContent("#anchors-loyalty")).toMatch(/%/);
      await strict.page.close();
    });

    it("heed no message of a strange shape or origin, on either side", async () => {
      const { page } = await openArticle("");
      const frame = await touch(page, "first");
      const before = [
        await frame.locator("#live").innerHTML(),
        frame.url(),
        await heights(page, "first", frame),
      ];
      const hostile: unknown[] = [
        null,
        "deepgrain-hello",
        7,
        [],
        {},
        { type: "call", method: "look" },
        { type: "pause", isPaused: true },
        { type: "deepgrain-hello", state: "#layers=4" },
        { type: "deepgrain-figure", height: 5, state: "#layers=4" },
        JSON.parse('{"__proto__":{"type":"deepgrain-hello"}}'),
        { type: { toString: "deepgrain-hello" } },
      ];
      await page.evaluate((messages) => {
        const inner = document.querySelector("#first")!.shadowRoot!.querySelector("iframe")!;
        for (const message of messages) inner.contentWindow!.postMessage(message, "*");
        // The article's own window, and a frame of another origin that it holds.
        const figure = { type: "deepgrain-figure", height: 4000, state: "#layers=4" };
        window.postMessage(figure, "*");
        const strange = document.body.appendChild(document.createElement("iframe"));
        strange.srcdoc = `<script>parent.postMessage(${JSON.stringify(figure)}, "*"); parent.said = true</script>`;
      }, hostile);
      await expect.poll(() => page.evaluate("globalThis.said"), PATIENCE).toBe(true);
      expect([
        await frame.locator("#live").innerHTML(),
        frame.url(),
        await heights(page, "first", frame),
      ]).toEqual(before);
      expect(await page.locator("#first a").getAttribute("href")).toBe(
        `${site.url}anchors.html#layers=1`,
      );
      // The page itself, as if it were taken over, says what no page says.
      await frame.evaluate(`
      for (const data of [
        { type: "deepgrain-figure", height: 1e9, state: "" },
        { type: "deepgrain-figure", height: "300", state: "" },
        { type: "deepgrain-figure", height: 300, state: "javascript:alert(1)" },
        { type: "deepgrain-figure", height: 300, state: "", more: 1 },
      ]) parent.postMessage(data, "*");
    `);
      await page.evaluate("new Promise(requestAnimationFrame)");
      expect(await heights(page, "first", frame)).toEqual(before[2]);
      await page.close();
    });

    it.each(pages.map(({ id }) => id))(
      "%s under ?embed is its live part and a link to the whole",
      async (id) => {
        const path = `${id}.html?embed&hide=save,%3Cb%3E,a%22%5D#noSuchName=1`;
        const { page, complaints } = await visit(site.browser, site.url, path);
        await page.locator(".to-page").waitFor();
        for (const gone of ["header", "footer", ".intro", ".panels"])
          expect(await page.locator(gone).first().isVisible()).toBe(false);
        expect(await page.locator("#live").isVisible()).toBe(true);
        expect(await page.locator(".problems p").allTextContents()).toEqual(
          expect.arrayContaining([
            "hide has “<b>”, which this page does not know.",
            'hide has “a"]”, which this page does not know.',
            "The address has “noSuchName”, which this page does not know.",
          ]),
        );
        const link = await page.locator(".to-page a").getAttribute("href");
        expect(link).toMatch(new RegExp(`/${id}\\.html`));
        expect(link).not.toContain("embed");
        expect(complaints).toEqual([]);
        await page.close();
      },
    );
  },
);
