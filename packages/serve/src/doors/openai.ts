import { chatCompletions } from "../endpoints/chat";
import { completions } from "../endpoints/completions";
import { embeddings } from "../endpoints/embeddings";
import { listModels, showModel } from "../endpoints/models";
import { errorBody } from "../http/refusal";
import type { Door } from "./door";

/** OpenAI's API: models, chat, text completions, embeddings. */
export const openai = {
  answers: {
    "/v1/models": listModels,
    "/v1/models/:name{.+}": (service, _, name) => showModel(service, name),
    "/v1/chat/completions": chatCompletions,
    "/v1/completions": completions,
    "/v1/embeddings": embeddings,
  },
  errorBody,
} satisfies Door;
