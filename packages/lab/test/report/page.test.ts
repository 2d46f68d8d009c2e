import { html, LabError, page, section, table } from "@deepgrain/lab";
import { expect, it } from "vitest";

it("builds a page that holds markup and escapes text", () => {
  const cells = table(["name", "loss"], [["<b>", "0.3"]]);
  const text = page({ title: "Runs & losses", sections: [section("Losses", cells)] });
  expect(text).toContain("<h1>Runs &amp; losses</h1>");
  expect(text).toContain('<th scope="row" class="short">&lt;b&gt;</th>');
});

it("puts in markup that another copy of the class has made", () => {
  const other = { text: "<i>x</i>", [Symbol.for("deepgrain.html")]: true } as never;
  expect(html`${other}`.text).toBe("<i>x</i>");
  expect(html`${{ text: "<i>x</i>" } as never}`.text).toBe("[object Object]");
});

it.each([
  [() => page({ title: "x" } as never), "lab/page: sections must be a list, got undefined"],
  [() => page({ name: "x" } as never), 'lab/page: unknown option "name"'],
  [() => section(3 as never, false), "lab/section: title must be a text, got 3"],
  [() => table(["a"], "b" as never), 'lab/table: body must be a list, got "b"'],
])("refuses what is no part of a page: %#", (call, message) => {
  expect(call).toThrow(LabError);
  expect(call).toThrow(message);
});
