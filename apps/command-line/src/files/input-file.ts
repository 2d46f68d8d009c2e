import { tmpdir } from "node:os";
import { join } from "node:path";
import { disk, writeFileAtomic } from "@deepgrain/support/files";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The ending that a file with this content would have: commands tell formats apart by it. */
function endingOf(content: Uint8Array): string {
  if (content.subarray(0, 1000).includes(0)) return ".bin";
  const text = new TextDecoder().decode(content).trimStart();
  const [line = ""] = text.split("\n", 1);
  if (/^[[{]/.test(text)) return isJson(text) ? ".json" : isJson(line) ? ".jsonl" : ".txt";
  if (text.startsWith("<")) return text.includes("<graphml") ? ".graphml" : ".gexf";
  if (/^(export|import)\s/m.test(text)) return ".mjs";
  if (line.includes("\t")) return ".tsv";
  return line.includes(",") ? ".csv" : ".txt";
}

/** Does some work with standard input as a file, whose ending says what it holds; the file is deleted afterwards. */
export async function withInputFile<T>(
  content: Uint8Array,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await disk.mkdtemp(join(tmpdir(), "deepgrain-"));
  try {
    const path = join(folder, `standard-input${endingOf(content)}`);
    await writeFileAtomic(path, [content]);
    return await work(path);
  } finally {
    await disk.rmTree(folder);
  }
}
