import { basename, dirname } from "node:path";

/** Whether a text names a repository of the Hugging Face hub. */
export const isHubName = (text: unknown): text is string =>
  typeof text === "string" && /^(hf:|https:\/\/(huggingface\.co|hf\.co)\/)/i.test(text);

/** The name of a model: of its folder, or `owner/name` where that is a folder of the hub's cache. */
export function modelName(folder: string): string {
  const [, owner, name] = /models--(.+?)--(.+?)[\\/]snapshots[\\/][0-9a-f]+/.exec(folder) ?? [];
  return owner === undefined ? basename(folder) : `${owner}/${name}`;
}

/** As `modelName`, with the file of a repository (`owner/name:file`) or the folder around it. */
function longModelName(folder: string): string {
  const name = modelName(folder);
  const isOfHub = name !== basename(folder);
  return isOfHub ? `${name}:${basename(folder, ".gguf")}` : `${basename(dirname(folder))}/${name}`;
}

/** The names of several models, the longer ones where two have the same. */
export function modelNames(folders: readonly string[]): string[] {
  const short = folders.map(modelName);
  return folders.map((folder, at) => {
    const isShared = short.some((other, index) => index !== at && other === short[at]);
    return isShared ? longModelName(folder) : modelName(folder);
  });
}
