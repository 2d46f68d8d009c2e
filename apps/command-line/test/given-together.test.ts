import { describe, expect, it } from "vitest";
import { requireOne, requireTogether, requireWith } from "../src/flags/given-together";

describe("flags that go together", () => {
  it("requires exactly one, by the names that are typed", () => {
    requireOne({ model: "dir", apiKeyVariable: undefined });
    requireOne({ startBroker: false, endpoint: "nats://a" });
    for (const given of [
      { maxTokens: undefined, in: undefined },
      { maxTokens: 1, in: "file" },
    ])
      expect(() => requireOne(given)).toThrow("give either --max-tokens or --in");
    expect(() => requireOne({ a: undefined, b: undefined, c: false })).toThrow(
      "give one of --a, --b and --c",
    );
  });

  it("counts 0 and an empty text as given", () => {
    requireOne({ seed: 0, text: undefined });
    requireOne({ seed: undefined, text: "" });
  });

  it("requires all or none", () => {
    requireTogether({ tlsCert: undefined, tlsKey: undefined });
    requireTogether({ tlsCert: "a", tlsKey: "b" });
    expect(() => requireTogether({ tlsCert: "a", tlsKey: undefined })).toThrow(
      "--tls-cert and --tls-key belong together",
    );
  });

  it("requires another beside those that need it", () => {
    requireWith({ watermarkKey: undefined, payload: undefined }, { watermark: undefined });
    requireWith({ watermarkKey: "key" }, { watermark: "profile" });
    expect(() => requireWith({ payload: "0" }, { watermark: undefined })).toThrow(
      "--payload needs --watermark",
    );
    expect(() => requireWith({ a: 1, b: undefined }, { c: undefined })).toThrow("--a needs --c");
  });
});
