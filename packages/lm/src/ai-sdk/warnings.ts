import type { LanguageModelV3CallOptions, SharedV3Warning } from "@ai-sdk/provider";

/** Settings of a call that change nothing here. */
export function warningsOf(
  call: Pick<LanguageModelV3CallOptions, "providerOptions" | "includeRawChunks">,
): SharedV3Warning[] {
  const isSet = (value: object | undefined) => Object.keys(value ?? {}).length > 0;
  const features = [
    isSet(call.providerOptions?.deepgrain) && "providerOptions.deepgrain",
    call.includeRawChunks && "includeRawChunks",
  ];
  return features
    .filter((feature) => typeof feature === "string")
    .map((feature) => ({ type: "unsupported", feature }));
}
