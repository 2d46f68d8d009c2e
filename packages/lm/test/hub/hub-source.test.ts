import { describe, expect, it } from "vitest";
import { isHubSource } from "../../src/files/model-folder";
import { parseHubSource } from "../../src/hub/hub-source";

const commit = "0123456789abcdef0123456789abcdef01234567";
const whole = { file: undefined, type: undefined };
const main = { revision: "main", ...whole };

describe("parseHubSource", () => {
  it.each([
    ["hf:owner/name", { repository: "owner/name", ...main }],
    ["hf:owner/na.me_1", { repository: "owner/na.me_1", ...main }],
    ["hf:o/n@v1.0", { repository: "o/n", revision: "v1.0", ...whole }],
    [`hf:o/n@${commit}`, { repository: "o/n", revision: commit, ...whole }],
    ["hf:o/n@refs/pr/1", { repository: "o/n", revision: "refs/pr/1", ...whole }],
    [
      "hf:o/n/a/b.gguf@v1",
      { repository: "o/n", revision: "v1", file: "a/b.gguf", type: undefined },
    ],
    ["hf:o/n:Q4_K_M", { repository: "o/n", ...main, type: "Q4_K_M" }],
    ["hf:o/n:UD-Q4_K_XL@v1", { repository: "o/n", ...whole, revision: "v1", type: "UD-Q4_K_XL" }],
    ["https://huggingface.co/o/n", { repository: "o/n", ...main }],
    ["https://huggingface.co/o/n/", { repository: "o/n", ...main }],
    ["https://hf.co/o/n?x=1", { repository: "o/n", ...main }],
    [
      "https://huggingface.co/o/n/tree/refs%2Fpr%2F1",
      { repository: "o/n", revision: "refs/pr/1", ...whole },
    ],
    ["https://huggingface.co/o/n/blob/main/x.gguf", { repository: "o/n", ...main, file: "x.gguf" }],
  ])("reads %s", (text, expected) => {
    expect(isHubSource(text)).toBe(true);
    expect(parseHubSource(text)).toEqual(expected);
  });

  it.each([
    "hf:name",
    "hf:",
    "hf:../name",
    "hf:owner/..",
    "hf:owner/a..b",
    "hf:owner/a--b",
    "hf:owner/-a",
    "hf:owner/a.git",
    "hf:owner/name@",
    "hf:owner/name@../../x",
    "hf:owner/name@a/../b",
    "hf:owner/name@a//b",
    "hf:owner/name@a b",
    "hf:owner/name@x.lock",
    "hf:owner/name/../x.gguf",
    "hf:owner/name/a/../x.gguf",
    "hf:owner/name/C:\\x.gguf",
    "hf:owner/name/model.bin",
    "hf:owner/name/x.gguf@..",
    "hf:owner/name:",
    "hf:owner/name:../x",
    "hf:owner/name:a:b",
    "hf:owner/name:.*",
    "hf:owner/name:XS",
    "hf:owner:Q8_0/name",
    "https://huggingface.co/datasets/n",
    "https://huggingface.co/o/n/blob/main/..%2F..%2Fx.gguf",
    "https://huggingface.co/o/%E0",
    "https://huggingface.co/o/n/tree/..%2F..%2Fx",
  ])("refuses %s before any of it becomes a path", (text) => {
    expect(() => parseHubSource(text)).toThrow(
      expect.objectContaining({ name: "LmError", code: "ERR_ARGUMENT" }),
    );
  });

  it.each([
    "owner/name",
    "/models/tiny",
    "https://example.com/o/n",
    "https://huggingface.co/o/n/resolve/main",
    "https://huggingface.co/o",
  ])("leaves %s to those who read paths and addresses", (text) =>
    expect(isHubSource(text)).toBe(false),
  );
});
