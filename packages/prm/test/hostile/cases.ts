import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostileCase } from "@deepgrain/vitest/hostile";
import {
  checkAnswer,
  openAiCompleter,
  openJournal,
  parseMathShepherd,
  parseOmegaTree,
  ruleValues,
} from "../../src";
import { answerKey } from "../../src/answers/answer-key";
import { stepFeatures } from "../../src/world/step-features";

const long = 100_000;
const digits = "7".repeat(long);
const spaces = " ".repeat(long);
const roots = (depth: number) => `${"\\sqrt{".repeat(depth)}x${"}".repeat(depth)}`;

/** The same answer by all rules. */
const graded = (name: string, answer: string, gold = "5"): HostileCase => ({
  name,
  expects: "result",
  run() {
    checkAnswer(`#### ${answer}`, "5");
    for (const format of ["math", "prm800k"] as const)
      checkAnswer(`\\boxed{${answer}}`, gold, { format });
    checkAnswer(`\\boxed{${answer}}`, gold, { format: "math", mode: "symbolic" });
    answerKey(answer);
    ruleValues([`1 = ${answer}`], [[answer]]);
    stepFeatures()(answer, [`${answer} + 1 = ${answer}`], 0);
  },
});

/** A text without box by the rules that read formulas, as completion and as reference. */
const unboxed = (name: string, text: string): HostileCase => ({
  name,
  expects: "result",
  run: () => checkAnswer(text, text, { format: "math", mode: "symbolic" }),
});

const tree = (depth: number) => {
  let node: object = { text: "", mc_value: 0, children: [] };
  for (let i = 0; i < depth; i++) node = { text: "a", mc_value: 0, children: [node] };
  return { question: "q", tree: node };
};

/** An endpoint whose stream is one line in a thousand pieces. */
const endless = async () =>
  new Response(
    new ReadableStream({
      start(controller) {
        const piece = new TextEncoder().encode("x".repeat(2 ** 16));
        for (let i = 0; i < 1_100; i++) controller.enqueue(piece);
        controller.close();
      },
    }),
  );

/** Inputs that would hang a careless reader, overflow its stack or fill its memory. */
export const cases: readonly HostileCase[] = [
  graded("a number of 100,000 digits", digits),
  graded("a decimal of 100,000 places", `0.${digits}`),
  graded("a fraction of 100,000 digits", `${digits}/${digits}`),
  graded("100,000 spaces", `1 ${spaces} 2`),
  graded("100,000 commas", "1,".repeat(long)),
  graded("100,000 fractions", "\\frac".repeat(long)),
  graded("roots 50,000 deep", roots(50_000)),
  graded("roots 70 deep", roots(70), roots(69)),
  graded("100,000 open braces", "{".repeat(long)),
  graded("100,000 parentheses", "(".repeat(long)),
  graded("a tower of powers", `${"9^".repeat(100)}9`, "9^9"),
  graded("factorials of factorials", "170!!!!", "9"),
  graded("100,000 unfinished calculations", "1+1=<<".repeat(long / 6)),
  graded("100,000 equal signs", "= ".repeat(long)),
  graded("chains of sets 60 deep", `${"x=1=\\{".repeat(60)}1${"\\}".repeat(60)}`),
  graded("bounds of sets 60 deep", `${"\\{0<x<".repeat(50)}1${"\\}".repeat(50)}`),
  graded("assignments of tuples 40 deep", `${"(x,y)=(1,".repeat(40)}1${"),".repeat(40)}`),
  graded("100,000 boxes", "1}, \\boxed{".repeat(long / 10)),
  unboxed("100,000 dollar signs", "$ ".repeat(long)),
  unboxed("100,000 formulas", "$a$, ".repeat(long)),
  unboxed("100,000 open formulas", "\\(".repeat(long)),
  unboxed("a formula in 100,000 spaces", `${spaces}$x$${spaces}y`),
  {
    name: "a row of 100,000 line breaks",
    expects: "ERR_FORMAT",
    run() {
      const text = `q Step 1: a${"\n".repeat(long)} `;
      parseMathShepherd({ input: `${text}ки x`, label: `${text}+ x`, task: "" });
    },
  },
  { name: "a tree 50,000 deep", expects: "ERR_FORMAT", run: () => parseOmegaTree(tree(50_000)) },
  {
    name: "an answer of over 64 MiB on one line",
    expects: "ERR_RESPONSE",
    run: () =>
      openAiCompleter({
        baseUrl: "http://nowhere",
        model: "m",
        retries: 0,
        stream: true,
        fetch: endless,
      })({ problem: "p", steps: [] }, { seeds: [1] }),
  },
  {
    name: "a journal of nested brackets",
    expects: "ERR_JOURNAL",
    run(folder) {
      const path = join(folder, "j.jsonl");
      writeFileSync(path, `{"type":"run","settings":{}}\n${"[".repeat(long)}\n`);
      return openJournal(path, {});
    },
  },
  {
    name: "a journal whose entries lack their fields",
    expects: "ERR_JOURNAL",
    run(folder) {
      const path = join(folder, "j.jsonl");
      writeFileSync(path, '{"type":"run","settings":{}}\n{"type":"solution","id":"a"}\n');
      return openJournal(path, {});
    },
  },
];
