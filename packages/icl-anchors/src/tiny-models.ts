import { type CausalLM, loadModel } from "@deepgrain/lm";
import { AnchorsError } from "./errors";
import type { TinyName } from "./tiny/tiny-recipe";

/** Models that are included in the package; the recipe of each is in `tinyRecipes`. */
export type ShippedModel = Exclude<TinyName, "small">;

/** Names of the models that come with the package. */
export const shippedModels: readonly ShippedModel[] = ["anchors", "control", "look-alike"];

/** Files of the models. Bundlers copy a file that such an expression names, so each one is written out. */
const files: Readonly<Record<ShippedModel, () => Readonly<Record<string, URL>>>> = {
  anchors: () => ({
    "config.json": new URL("../models/anchors/config.json", import.meta.url),
    "model.safetensors": new URL("../models/anchors/model.safetensors", import.meta.url),
  }),
  control: () => ({
    "config.json": new URL("../models/control/config.json", import.meta.url),
    "model.safetensors": new URL("../models/control/model.safetensors", import.meta.url),
  }),
  "look-alike": () => ({
    "config.json": new URL("../models/look-alike/config.json", import.meta.url),
    "model.safetensors": new URL("../models/look-alike/model.safetensors", import.meta.url),
  }),
};

function filesOf(place: string, name: ShippedModel): Readonly<Record<string, URL>> {
  if (!shippedModels.includes(name))
    throw new AnchorsError(
      "ERR_RANGE",
      `icl-anchors/${place}: the name must be one of ${shippedModels.join(", ")}, got ${String(name)}`,
      { fields: { name } },
    );
  return files[name]();
}

/**
 * Folder of a model that comes with the package, in Hugging Face's layout (Node).
 * @throws {AnchorsError} `ERR_RANGE` for an unknown name
 */
export function shippedModelFolder(name: ShippedModel): string {
  const { pathname } = new URL(".", filesOf("shippedModelFolder", name)["config.json"]);
  return decodeURIComponent(pathname).replace(/^\/(?=[A-Za-z]:)|\/$/g, ""); // /C:/… on Windows
}

async function fetched(url: URL): Promise<Blob> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new AnchorsError(
      "ERR_IO",
      `icl-anchors/loadShippedModel: cannot fetch ${url.href.slice(0, 200)}: ${reason}; is the package's file among those that your bundler copied?`,
      { fields: { url: url.href }, cause },
    );
  };
  const response = await fetch(url).catch((cause) => fail((cause as Error).message, cause));
  return response.ok ? response.blob() : fail(`status ${response.status}`);
}

/**
 * A model that comes with the package: `anchors` learns in context through label words, `control` without them,
 * `look-alike` on topics that are hard to tell apart. Works in Node and in pages, bundled ones too.
 *
 * @throws {AnchorsError} `ERR_RANGE` for an unknown name; `ERR_IO` if a page cannot fetch the files
 */
export async function loadShippedModel(name: ShippedModel): Promise<CausalLM> {
  const own = Object.entries(filesOf("loadShippedModel", name));
  if (own.every(([, { protocol }]) => protocol === "file:"))
    return loadModel(shippedModelFolder(name));
  const folder = new Map<string, Blob>();
  for (const [file, url] of own) folder.set(file, await fetched(url));
  return loadModel(folder);
}
