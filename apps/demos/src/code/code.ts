import {
  answerText,
  END,
  promptIds,
  VOCABULARY,
} from "@deepgrain/studies/deepseek-coder-v2/array-tokens";
import { literal, readsFiles } from "../share/program";
import { LIMITS, MOST_TOKENS } from "./limits";
import { address, type State } from "./state";
import { heldOut, taskOf } from "./tasks";
import { ANSWER } from "./write-programs";

const pieces = Array.from({ length: VOCABULARY }, (_, id) => answerText([id]));

/** A program that writes and runs programs, and fills in the middle, as the page does. */
export function codeOf(
  { policy, task, n, seed, text, from, to }: State = address.state.value,
): string {
  const { prompt, tests } = taskOf(task);
  const prefix = text.slice(0, from).trimEnd();
  const suffix = text.slice(to);
  const cut = [...prefix].length;
  return `import { sampleAnswers } from "@deepgrain/align";
import { fimText, programOf } from "@deepgrain/coder";
import { createSandbox } from "@deepgrain/coder/sandbox";
import { createTokenizer, generateBatch, loadModel } from "@deepgrain/lm";

${readsFiles()}
const open = async (name) => (await loadModel(new Map([[name, await read(name)]]))).eval();

// A task whose words and pieces of programs are tokens.
const tests = ${literal(tests)};
const task = { id: "task-${task}", prompt: ${literal(prompt)}, tests };
const programOfAnswer = (answer) =>
  programOf({ ...task, language: "JavaScript", kind: "complete" }, answer);
const pieces = ${literal(pieces)};
const policy = await open("policy-${policy}.gguf");
const sampling = { groupSize: ${n}, maxNewTokens: ${ANSWER}, eosTokenId: ${END}, seed: ${literal([seed, task])} };
const answers = await sampleAnswers(policy, [${literal(promptIds(heldOut[task - 1]!))}], sampling);

const sandbox = createSandbox({ limits: ${literal(LIMITS)} }); // QuickJS in WebAssembly, on a thread
const counts = new Map();
for (const { ids, isComplete } of answers) {
  const end = ids.at(-1) === ${END} ? ";" : "";
  const { code } = programOfAnswer(ids.map((id) => pieces[id]).join("") + end);
  const before = counts.get(code)?.count ?? 0;
  counts.set(code, { isComplete, count: before + 1 });
}
let passed = 0;
for (const [code, { isComplete, count }] of counts) {
  const { verdict } = await sandbox.test({ language: "JavaScript", code: code + "\\n" }, tests);
  if (isComplete && verdict === "passed") passed += count;
}
sandbox.dispose();
console.log(passed, "of", ${n}, "pass");

// The middle between two cursors: the model writes the blanks before the first one itself.
const [prefix, blanks, suffix] = ${literal([prefix, text.slice(prefix.length, from), suffix])};
const infill = await open("infill.gguf");
const tokenizer = await createTokenizer(JSON.parse(await (await read("infill-tokenizer.json")).text()));
const asked = fimText(prefix + suffix, [${cut}, ${cut}], "spm");
const prompt = tokenizer.encode(asked, { addSpecialTokens: false });
const request = { prompt, maxNewTokens: ${MOST_TOKENS}, eosTokenId: tokenizer.eosTokenId ?? null };
const events = generateBatch(infill, [request]);
let event = await events.next();
while (!event.done) event = await events.next();
const made = tokenizer.decode(event.value[0][0].ids, { skipSpecialTokens: true });
const middle = made.startsWith(blanks) ? made.slice(blanks.length) : made;
const [line] = suffix.split(/(?<=\\n)/);
const end = line ? middle.indexOf(line) : -1;
console.log(end < 0 ? middle : middle.slice(0, end));
`;
}
