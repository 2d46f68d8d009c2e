import { expect, it } from "vitest";
import { shownToken } from "../../src/files/shown-token";

it("shows the white space of a token", () => {
  expect(shownToken(" The")).toBe("␣The");
  expect(shownToken("\n\n")).toBe("↵↵");
  expect(shownToken("\t다")).toBe("⇥다");
});
