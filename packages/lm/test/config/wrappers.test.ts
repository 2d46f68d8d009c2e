import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadModel, parseConfig, toHuggingFace } from "../../src";

const folder = fileURLToPath(new URL("../fixtures/families/gemma3", import.meta.url));
const json = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));

describe("a configuration of a model of text and images", () => {
  it("is read as its text model, with the ids of the whole", () => {
    const config = parseConfig(json);
    expect(config).toMatchObject({
      modelType: "gemma3_text",
      hiddenSize: 16,
      eosTokenId: [1, 3],
      tieWordEmbeddings: true,
      layerTypes: ["sliding_attention", "sliding_attention", "full_attention"],
    });
    expect(toHuggingFace(config)).toMatchObject({
      model_type: "gemma3_text",
      eos_token_id: [1, 3],
    });
    expect(toHuggingFace(config)).not.toHaveProperty("vision_config");
  });

  it("names the keys that only other parts need", () => {
    expect(parseConfig(json).unknownKeys).toEqual([
      ...["boi_token_index", "eoi_token_index", "image_token_index", "mm_tokens_per_image"],
      "vision_config",
    ]);
  });

  it("names the weights of other parts once, and leaves them out", async () => {
    const model = await loadModel(folder);
    expect(model.leftOut).toEqual([
      "vision_tower.vision_model.embeddings.patch_embedding.weight",
      "vision_tower.vision_model.post_layernorm.weight",
      "multi_modal_projector.mm_soft_emb_norm.weight",
    ]);
    expect(model.weightNames().some((name) => /vision|projector/.test(name))).toBe(false);
    model.dispose();
  });

  it.each([null, undefined, [], "text", 3])("is refused where text_config is %j", (text_config) => {
    expect(() => parseConfig({ ...json, text_config })).toThrow(
      /text_config must be an object, got/,
    );
  });

  it("is refused by the key of its text model that has a wrong value", () => {
    const text_config = { ...json.text_config, hidden_size: "wide" };
    expect(() => parseConfig({ ...json, text_config })).toThrow(/hidden_size must be/);
  });
});
