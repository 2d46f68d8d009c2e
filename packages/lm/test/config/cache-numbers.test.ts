import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src";
import { cacheNumbers } from "../../src/config/cache-numbers";

describe("cacheNumbers", () => {
  it("is 576 per layer for DeepSeek-Coder-V2-Lite, against 5,120 if keys and values were cached", () => {
    const config = parseConfig({
      model_type: "deepseek_v2",
      vocab_size: 102400,
      hidden_size: 2048,
      num_hidden_layers: 27,
      num_attention_heads: 16,
      q_lora_rank: null,
      kv_lora_rank: 512,
      qk_nope_head_dim: 128,
      qk_rope_head_dim: 64,
      v_head_dim: 128,
    });
    const { cached, expanded } = cacheNumbers(config);
    expect(2 * cached).toBe(31104); // bytes in bfloat16
    expect(2 * expanded).toBe(276480);
  });

  it("counts heads of keys and values in other families", () => {
    const grouped = parseConfig(
      tinyConfig("llama", {
        hidden_size: 32,
        num_hidden_layers: 3,
        num_attention_heads: 4,
        num_key_value_heads: 2,
      }),
    );
    expect(cacheNumbers(grouped)).toEqual({ cached: 2 * 3 * 2 * 8, expanded: 2 * 3 * 2 * 8 });
    const gpt2 = { vocab_size: 50, n_embd: 32, n_head: 4, n_layer: 2, n_positions: 16 };
    expect(cacheNumbers(parseConfig({ model_type: "gpt2", ...gpt2 })).cached).toBe(2 * 2 * 32);
  });
});
