import { atOnce } from "@deepgrain/support";
import { expect, it } from "vitest";
import { budgetOf } from "../../../src/errors";
import { labelOf } from "../../../src/json-schema/automata/dfa";
import { formatLanguage, patternLanguage } from "../../../src/json-schema/automata/languages";
import { formatPatterns } from "../../../src/json-schema/automata/formats";
const refuse = (what: string): never => { throw new Error(what); };
it("formats", () => {
  for (const [name, p] of formatPatterns) {
    const b = budgetOf("t", undefined, {});
    const t = performance.now();
    const d = atOnce(formatLanguage(name, b, refuse));
    console.log(name, d.labels.length, d.alphabet.size, b.steps, (performance.now()-t).toFixed(1));
    new RegExp(p,"u");
  }
  for (const p of ["a", "^a$", "^(?=.{1,253}\\.?$)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[-0-9a-zA-Z]{0,61}[0-9a-zA-Z])?)*\\.?$", "^((?!foo).)*$", "\\bfoo\\b", "(a|b)*a(a|b){9}", "^\\p{L}{1,20}$"]) {
    const b = budgetOf("t", undefined, {});
    const t = performance.now();
    const d = atOnce(patternLanguage(p, b, refuse));
    console.log(p, d.labels.length, d.alphabet.size, b.steps, (performance.now()-t).toFixed(1));
    for (const s of ["", "a", "foo", "xfoo", "a foo b", "ab", "é", "a.b.c."]) expect([p, s, labelOf(d, s) >= 0]).toEqual([p, s, new RegExp(p, "u").test(s)]);
  }
});
