import {
  type ChatMessage,
  type ChatOptions,
  chat,
  loadModel,
  loadTokenizer,
  saveGguf,
} from "@deepgrain/lm";
import { saveTinyModel } from "./tiny-models";

/** Writes a GGUF file with random weights, a tokenizer and a chat template. @param folder for what it is made of */
export async function saveTinyGguf(folder: string, file: string): Promise<void> {
  await saveTinyModel(folder, { texts: ["a river"], vocabSize: 258, type: "llama" });
  const model = await loadModel(folder);
  await saveGguf(file, model, await loadTokenizer(folder));
  model.dispose();
}

/** What the model of a GGUF file answers in Node. */
export async function answerOf(
  file: string,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): Promise<string> {
  const model = await loadModel(file, { dtype: "auto" });
  let answer = "";
  const pieces = chat(model, await loadTokenizer(file), messages, options);
  for await (const { text } of pieces) answer += text;
  model.dispose();
  return answer;
}
