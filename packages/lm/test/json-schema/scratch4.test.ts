import { it } from "vitest";
import { checkRandomSchemas } from "./check-random-schemas";
import { handMadeTokenizer } from "./hand-made-tokenizer";

it("r", async () => {
  console.log(checkRandomSchemas(400, await handMadeTokenizer()));
}, 500000);
