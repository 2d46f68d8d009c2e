import { readFileSync } from "node:fs";
import { it } from "vitest";
import { jsonSchema } from "../../src/json-schema";
import { schemaLimits } from "../../src/json-schema/compile-schema";
import { budgetOf } from "../../src/errors";
import { handMadeTokenizer } from "./hand-made-tokenizer";
it("x", async () => {
  const tok = await handMadeTokenizer();
  jsonSchema(true, tok);
  for (const f of ["Github_hard---o89735", "Github_medium---o55351", "Github_medium---o9942"]) {
    const budget = budgetOf("jsonSchema", undefined, schemaLimits);
    const t = performance.now();
    jsonSchema(JSON.parse(readFileSync(`/tmp/s54/mb/${f}.json`, "utf8")).schema, tok, { budget });
    console.log(f, (performance.now() - t).toFixed(0), budget.steps);
  }
});
