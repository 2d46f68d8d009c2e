/** The files of a model by name. */
export type ModelFiles = ReadonlyMap<string, Blob>;

/** Largest text file that is read: a large vocabulary has 40 MB. */
const MOST_TEXT = 64_000_000;

/** Bytes in words. */
export function sizeText(bytes: number): string {
  const [unit, name] = bytes < 999_500 ? [1e3, "kB"] : bytes < 999.5e6 ? [1e6, "MB"] : [1e9, "GB"];
  const amount = bytes / unit;
  return `${amount < 10 ? Number(amount.toPrecision(2)) : Math.round(amount)} ${name}`;
}

const isText = (name: string) =>
  /^((tokenizer_)?config|tokenizer|.*\.safetensors\.index)\.json$|^chat_template\.jinja$/.test(
    name,
  );
const isWeights = (name: string) => /\.(safetensors|gguf)$/i.test(name);

/** Whether a file is part of a model. */
export const isOfModel = (name: string): boolean => isText(name) || isWeights(name);

/** Looks at a folder's files. @returns what is wrong with them, in a sentence; undefined if they may be a model's */
export function folderProblem(files: ModelFiles, folder: string): string | undefined {
  if (![...files.keys()].some(isWeights))
    return `“${folder}” holds no model: it needs config.json, tokenizer.json and weights (.safetensors), or one .gguf file.`;
  for (const [name, { size }] of files) {
    if (size === 0) return `${name} in “${folder}” is empty.`;
    if (isText(name) && size > MOST_TEXT)
      return `${name} in “${folder}” has ${sizeText(size)}; at most ${sizeText(MOST_TEXT)} are read.`;
  }
  return undefined;
}

/** The model's files of a folder on disk; those in folders below are left out. */
export async function filesOfHandle(folder: FileSystemDirectoryHandle): Promise<Map<string, Blob>> {
  const files = new Map<string, Blob>();
  for await (const [name, entry] of folder.entries())
    if (entry instanceof FileSystemFileHandle && isOfModel(name))
      files.set(name, await entry.getFile());
  return files;
}

/** The model's files of a folder that was chosen in a form, and its name. */
export function filesOfList(list: Iterable<File>): { name: string; files: Map<string, Blob> } {
  const files = new Map<string, Blob>();
  let folder = "";
  for (const file of list) {
    const [top = "", name = "", ...below] = file.webkitRelativePath.split("/");
    folder = top;
    if (below.length === 0 && isOfModel(name)) files.set(name, file);
  }
  return { name: folder, files };
}

/** Writes a model's files, its configuration last, so that a folder that has one is whole. */
export async function writeFiles(
  folder: FileSystemDirectoryHandle,
  files: ModelFiles,
): Promise<void> {
  const isLast = (name: string) => Number(name === "config.json");
  const inOrder = [...files].sort(([a], [b]) => isLast(a) - isLast(b));
  for (const [name, content] of inOrder) {
    const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await stream.write(content);
    await stream.close();
  }
}
