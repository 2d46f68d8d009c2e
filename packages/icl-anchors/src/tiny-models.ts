import { type CausalLM, loadModel } from "@deepgrain/lm";
import { AnchorsError } from "./errors";
import type { TinyName } from "./tiny/tiny-recipe";

/** Models that are included in the package; the recipe of each is in `tinyRecipes`. */
export type ShippedModel = Exclude<TinyName, "small">;

/** Names of the models that come with the package. */
export const shippedModels: readonly ShippedModel[] = ["anchors", "control", "look-alike"];

/**
 * Folder of a model that comes with the package, in Hugging Face's layout (Node).
 * @throws {AnchorsError} `ERR_RANGE` for an unknown name
 */
export function shippedModelFolder(name: ShippedModel): string {
  if (!shippedModels.includes(name))
    throw new AnchorsError(
      "ERR_RANGE",
      `icl-anchors/shippedModelFolder: the name must be one of ${shippedModels.join(", ")}, got ${String(name)}`,
      { fields: { name } },
    );
  const { pathname } = new URL(`../models/${name}`, import.meta.url); // one level up from src and from dist
  return decodeURIComponent(pathname).replace(/^\/(?=[A-Za-z]:)/, ""); // /C:/… on Windows
}

/**
 * A model that comes with the package: `anchors` learns in context through label words, `control` without them,
 * `look-alike` on topics that are hard to tell apart (Node).
 */
export const loadShippedModel = async (name: ShippedModel): Promise<CausalLM> =>
  loadModel(shippedModelFolder(name));
