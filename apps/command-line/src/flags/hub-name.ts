import { basename } from "node:path";

/** Whether a text names a repository of the Hugging Face hub. */
export const isHubName = (text: unknown): text is string =>
  typeof text === "string" && /^(hf:|https:\/\/(huggingface\.co|hf\.co)\/)/i.test(text);

/** The name of a model: of its folder, or `owner/name` where that is a folder of the hub's cache. */
export function modelName(folder: string): string {
  const [, owner, name] = /models--(.+?)--(.+?)[\\/]snapshots[\\/][0-9a-f]+/.exec(folder) ?? [];
  return owner === undefined ? basename(folder) : `${owner}/${name}`;
}
