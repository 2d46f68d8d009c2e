import { folderOf } from "../mixture/shipped";
import { config } from "../watermark/open-model";
import type { ShippedName } from "./source";

/** Files of what the page ships. */
export type ShippedFile = "stories.safetensors" | "stories-tokenizer.json" | "fine.safetensors";

const json = (value: object) => new Blob([JSON.stringify(value)]);

/** The folder of one of this site's models. @param read a shipped file by its name */
export async function shippedFolder(
  name: ShippedName,
  read: (name: ShippedFile) => Promise<Blob>,
): Promise<Map<string, Blob>> {
  if (name === "mixture") return folderOf("fine", await read("fine.safetensors"));
  return new Map([
    ["config.json", json(config)],
    ["tokenizer.json", await read("stories-tokenizer.json")],
    ["tokenizer_config.json", json({ bos_token: "<s>", eos_token: "</s>" })],
    ["model.safetensors", await read("stories.safetensors")],
  ]);
}
