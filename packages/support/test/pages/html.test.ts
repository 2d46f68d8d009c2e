import { parseHTML } from "linkedom";
import { expect, it } from "vitest";
import { html, inlineJson, inlineScript, page, section, table } from "../../src/pages";

it("escapes text, keeps markup, joins lists, and leaves nothing out of nothing", () => {
  const bold = html`<b>${"a & b"}</b>`;
  expect(html`<p>${bold}${[1, "<"]}${null}${undefined}${false}</p>`.text).toBe(
    "<p><b>a &amp; b</b>1&lt;</p>",
  );
  expect(html`${'bell\u0007 "quoted"'}`.text).toBe("bell\ufffd &quot;quoted&quot;");
});

it("makes tables whose rows have headings and which the keyboard can scroll", () => {
  const { text } = table(["method", "loss"], [["A<B", html`<i>1</i>`]], {
    text: [0],
    label: "Losses",
  });
  const { document } = parseHTML(text);
  const room = document.querySelector(".scroll")!;
  expect([room.getAttribute("tabindex"), room.getAttribute("aria-label")]).toEqual(["0", "Losses"]);
  expect(document.querySelector("tbody th")!.textContent).toBe("A<B");
  expect(document.querySelector("td i")!.textContent).toBe("1");
});

it("lets names in the first column break, but no ids", () => {
  const classOf = (...names: string[]) =>
    parseHTML(
      table(
        ["", "x"],
        names.map((name) => [name, "1"]),
        {},
      ).text,
    )
      .document.querySelector("tbody th")!
      .getAttribute("class");
  expect(classOf("A-1", "A-10")).toBe("short");
  expect(classOf("A-1", "Balance-Marking, n-gram")).not.toBe("short");
});

it("makes a page of the sections that have content", () => {
  const sections = [section("Shown", html`<p>x</p>`), section("Hidden", false)];
  const text = page({
    title: "<T>",
    meta: "today",
    lead: html`<b>lead</b>`,
    sections,
    language: "de",
  });
  const { document } = parseHTML(text);
  expect(document.documentElement.getAttribute("lang")).toBe("de");
  expect(document.querySelector("h1")!.textContent).toBe("<T>");
  expect([...document.querySelectorAll("h2")].map((h) => h.textContent)).toEqual(["Shown"]);
  expect(text).toContain("prefers-color-scheme: dark");
});

it("keeps data and scripts from ending the element they stand in", () => {
  expect(inlineJson({ text: "</script>" }).text).toBe('{"text":"\\u003c/script>"}');
  expect(JSON.parse(inlineJson(["<"]).text)).toEqual(["<"]);
  expect(inlineScript('say("</Script>")').text).toBe('say("<\\/Script>")');
});
