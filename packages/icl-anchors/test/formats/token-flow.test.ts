import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { tokenFlow } from "../../src";

const layers = [
  [0, 0, 0, 1, 0, 0, 3, 1, 0],
  [0, 0, 0, 0, 0, 0, 0, 2, 0],
];
const shown = tokenFlow({ tokens: ["a", "</script>", "c"], layers, marked: [1] });

/** Runs the page's script on a document without a browser. */
function open() {
  const { document } = parseHTML(`<!doctype html><html><body>${shown}</body></html>`);
  const script = [...document.querySelectorAll("script")].at(-1)!.textContent!;
  new Function("document", script)(document);
  const buttons = [...document.querySelectorAll("#flow-tokens button")];
  return { document, buttons, text: () => document.getElementById("flow-text")!.textContent };
}

describe("tokenFlow", () => {
  it("keeps tokens from ending the script", () => {
    expect(shown.match(/<\/script>/g)).toHaveLength(2);
  });

  it("shows what flows into the last token, then into the one that is clicked", () => {
    const { buttons, text } = open();
    expect(buttons).toHaveLength(3);
    expect(text()).toMatch(/Into token 2 .* layer 0: a \(0, 3.00\), <\/script> \(1, 1.00\)/);
    buttons[1]!.dispatchEvent(new buttons[1]!.ownerDocument.defaultView!.Event("click"));
    expect(text()).toMatch(/Into token 1 .* layer 0: a \(0, 1.00\)\./);
  });

  it("steps through the layers", () => {
    const { document, text } = open();
    const next = document.getElementById("flow-next")!;
    next.dispatchEvent(new document.defaultView!.Event("click"));
    expect(text()).toMatch(/Into token 2 .* layer 1: <\/script> \(1, 2.00\)/);
  });

  it("refuses a matrix of another size", () => {
    expect(() => tokenFlow({ tokens: ["a"], layers: [[1, 2]] })).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
  });
});
