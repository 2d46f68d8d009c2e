import { literal, readsFiles } from "../share/program";
import { FIT } from "./look";
import { address, ownName, type State } from "./state";

/** A program that fits the law and plans as the page does. @param own the name of the visitor's table */
export function codeOf(
  { budget, hidden }: State = address.state.value,
  own: string | undefined = ownName.value,
): string {
  const reading = own ? 'import { readFile } from "node:fs/promises";\n' : "";
  const file = own
    ? `await readFile(${literal(own)}, "utf8")`
    : 'await (await read("scaling.csv")).text()';
  return `${reading}import { createRandom } from "@deepgrain/lm";
import { fitIsoFlop, fitParts, parseRuns, plan } from "@deepgrain/scaling-laws";

${own ? "" : `${readsFiles()}\n`}
// A first column "part" says what a run is for: size, batch, rate, or larger runs that no law has seen.
const text = ${file};
const runs = parseRuns(text);
const lines = text.split(/\\r?\\n/).filter((line) => line.trim() !== "");
const of = (part) =>
  lines[0].startsWith("part,") ? runs.filter((_, i) => lines[i + 1].startsWith(part + ",")) : runs;

const { profiles } = fitIsoFlop(of("size"), { minBudgets: ${FIT.minBudgets} });
const largest = 1.05 * profiles[profiles.length - 1 - ${hidden}].budget; // of those that the law may see
const seen = (part) => of(part).filter((run) => (run.budget ?? run.flops) <= largest);
const parts = { sizes: seen("size"), batches: seen("batch"), rates: seen("rate") };
const { next: random } = createRandom([1, ${hidden}]);
const { law, draws } = fitParts(parts, ${literal(FIT).replace(" }", ", random }")});

const { model, tokens, loss } = plan(10 ** ${budget}, law, { draws });
console.log("FLOPs per token", model?.value, "tokens", tokens?.value, "loss", loss?.value);

const larger = lines[0].startsWith("part,") ? of("larger") : [];
const mean = (key) => larger.reduce((sum, run) => sum + run[key], 0) / larger.length;
if (larger.length > 0)
  console.log("foretold", plan(mean("flops"), law, { draws }).loss?.value, "measured", mean("loss"));
`;
}
