import { fimPrompt, programOf } from "@deepgrain/coder";
import { createSandbox } from "@deepgrain/coder/sandbox";

const task = {
  id: "sort-up",
  prompt: "// sort up\nconst solve = (list) => list",
  language: "JavaScript",
  kind: "complete",
  tests: [
    { call: "solve", arguments: [[3, 1, 2]], equals: [1, 2, 3] },
    { call: "solve", arguments: [[10, 9, 1]], equals: [1, 9, 10] },
  ],
};
const sandbox = createSandbox(); // QuickJS in WebAssembly, on a thread
for (const completion of [".sort();", ".sort((s, x) => s - x);"]) {
  const { verdict, message } = await sandbox.test(programOf(task, completion), task.tests);
  console.log(verdict, message);
}
sandbox.dispose();

const [prefix, suffix] = ["const mean = (list) =>", "/ list.length;\n"];
console.log(fimPrompt({ prefix, suffix })); // what a model that fills in the middle reads
