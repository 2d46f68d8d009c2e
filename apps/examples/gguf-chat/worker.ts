// Holds the model: opening a file and answering keep a thread busy, which must not be the page's.
import {
  type CausalLM,
  type ChatMessage,
  chat,
  loadModel,
  loadTokenizer,
  type Tokenizer,
} from "@deepgrain/lm";
import type { Reply, Request } from "./messages";

let opened: { model: CausalLM; tokenizer: Tokenizer } | undefined;
let stop = new AbortController();

const reply = (message: Reply) => postMessage(message);

async function open(file: File) {
  opened?.model.dispose(); // before the next one is read: two need twice the memory
  opened = undefined;
  const folder = new Map([[file.name, file]]);
  const tokenizer = await loadTokenizer(folder);
  const model = await loadModel(folder, { dtype: "auto" }); // as narrow as in the file
  opened = { model, tokenizer };
  reply({ type: "opened" });
}

async function answer(messages: ChatMessage[]) {
  if (!opened) throw new Error("Choose a file first.");
  stop = new AbortController();
  const { signal } = stop;
  try {
    for await (const { text } of chat(opened.model, opened.tokenizer, messages, { signal }))
      reply({ type: "text", text });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  reply({ type: "done" });
}

addEventListener("message", async ({ data }: MessageEvent<Request>) => {
  try {
    if (data.type === "open") await open(data.file);
    else if (data.type === "ask") await answer(data.messages);
    else stop.abort();
  } catch (error) {
    reply({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
