import { WatermarkError } from "../errors";
import type { ProxyLM } from "./proxy-lm";

/** The parts of a profile that a proxy must fit. */
interface WithProxy {
  scheme: string;
  vocab_size: number;
  proxy?: { id: string } | undefined;
}

/** @throws {WatermarkError} `ERR_PROXY` when a scheme that needs a proxy has none, or one of another vocabulary or name */
export function checkProxy(profile: WithProxy, proxy: ProxyLM | undefined): void {
  const refuse = (message: string, fields = {}) => {
    throw new WatermarkError("ERR_PROXY", `createWatermark: ${message}`, { fields });
  };
  const { scheme, vocab_size: size } = profile;
  if (!proxy)
    refuse(`${scheme} needs a proxy LM${scheme === "kgw" ? " where it looks at entropy" : ""}`);
  else if (proxy.vocabSize !== size)
    refuse(
      `proxy ${proxy.id} has ${proxy.vocabSize} tokens, the profile ${size}; both must share one tokenizer`,
      { needed: size, got: proxy.vocabSize },
    );
  else if (profile.proxy && profile.proxy.id !== proxy.id)
    refuse(`the profile names proxy ${profile.proxy.id}, got ${proxy.id}`);
}
