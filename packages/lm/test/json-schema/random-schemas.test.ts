import { expect, it } from "vitest";
import { checkRandomSchemas } from "./check-random-schemas";
import { handMadeTokenizer } from "./hand-made-tokenizer";

it("texts of 50 random schemas end in time and validate, with little room and with much", async () => {
  const { written, refused } = checkRandomSchemas(50, await handMadeTokenizer());
  expect(written).toBeGreaterThan(40);
  expect(refused).toBeGreaterThan(0);
});
