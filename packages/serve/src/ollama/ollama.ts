import type { Door } from "../doors/door";
import { chat } from "./chat";
import { embed } from "./embed";
import { generate } from "./generate";
import { show, tags } from "./models";
import { ollamaErrorBody } from "./ollama-form";

/** Ollama's API: chats, generations, embeddings, and what is known of models. */
export const ollama = {
  answers: {
    "/api/chat": chat,
    "/api/generate": generate,
    "/api/embed": embed,
    "/api/tags": tags,
    "/api/show": show,
  },
  errorBody: ollamaErrorBody,
} satisfies Door;
