import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@deepgrain/lm";
import { jsonLines } from "@deepgrain/studies/shared/test/tiny-folder";
import { secret } from "../watermark/tiny-model";
import { writeInputs } from "./folder-writers";

const { next } = createRandom(1);

/** Files that are not what their names say, and small right ones beside them. */
const files: Readonly<Record<string, string | Uint8Array>> = {
  "empty.txt": "",
  "blank.jsonl": "\n\n",
  "short.txt": "one two three",
  "random.bin": Uint8Array.from({ length: 3000 }, () => Math.floor(256 * next())),
  "broken.json": '{\n  "a": 1,\n  "b": tru }\n',
  "cut.json": '{"a": [1, 2',
  "list.json": "[1, 2]",
  "object.json": '{"foo": 1}',
  "broken.jsonl": '{"text": "a"}\n{"text": \n',
  "other.jsonl": jsonLines([{ foo: 1 }, { foo: 2 }]),
  "ragged.json": '{"input_ids": [[3, 4], [5]]}',
  "large.json": '{"input_ids": [[3, 100000]]}',
  "ids.json": '{"input_ids": [[3, 4, 5, 6]]}',
  "broken.yaml": "steps: [1,\n",
  "other.yaml": "stepz: 3\n",
  "kgw.json": '{"scheme": "kgw", "vocab_size": 259}',
  "bits.json": '{"scheme": "mpac", "vocab_size": 259, "message_bits": 8}',
  "morse.json": '{"scheme": "morse", "vocab_size": 259}',
  "key.hex": `${secret}\n`,
  "short.hex": secret.slice(0, 20),
  "edges.csv": "source,target\na,b\nb,c\n",
  "weights.csv": "a,b,heavy\n",
  "nodes.csv": "name,class\na,x\n",
  "graph.gexf": "<html></html>",
  "graph.xyz": "a b",
  "runs.csv": "n,tokens\n1,2\n",
  "law.json": '{"foo": 1}',
  "throws.mjs": "throw new Error('not today');",
  "number.mjs": "export default 3;",
  "grades.jsonl": jsonLines([{ id: "a" }, { completion: "3" }]),
  "solutions.jsonl": jsonLines([{ id: "a", problem: "1+1", steps: ["it is 2"], gold: "2" }]),
};

/** Writes what the wrong calls read, right and wrong: models in `m`, `chat`, `init` and `finetuned`, `void` without a file. */
export async function writeWrongInputs(cwd: string): Promise<void> {
  await writeInputs(cwd);
  await mkdir(join(cwd, "void"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
}
