import type { LanguageModelV3, LanguageModelV3CallOptions } from "@ai-sdk/provider";
import { having } from "../errors";
import type { AnswerWriter } from "./evaluate-answers";

/** Writes answers by a language model of Vercel's AI SDK, the prompt as a user's turn, at temperature 0. */
export function aiSdkWriter(model: LanguageModelV3): AnswerWriter {
  having("aiSdkWriter", "model", model, "doGenerate");
  return async (prompt, { stop, maxNewTokens, signal }) => {
    const call: LanguageModelV3CallOptions = {
      prompt: [{ role: "user", content: [{ type: "text", text: prompt }] }],
      maxOutputTokens: maxNewTokens,
      temperature: 0,
    };
    if (stop.length > 0) call.stopSequences = [...stop];
    if (signal) call.abortSignal = signal;
    const { content } = await model.doGenerate(call);
    return content.map((part) => (part.type === "text" ? part.text : "")).join("");
  };
}
