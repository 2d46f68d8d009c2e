import { errorBody } from "../http/refusal";
import { responses as answer } from "../responses/responses";
import type { Door } from "./door";

/** OpenAI's Responses API, without its memory. */
export const responses = { answers: { "/v1/responses": answer }, errorBody } satisfies Door;
