import { having, LmError, listOf, optionsOf, refuseUnknown } from "../errors";
import type { ChatMessage } from "./chat-template";
import type { Tokenizer } from "./create-tokenizer";

/** The label of a token that is not trained on. */
export const ignoreIndex = -100;

/** A conversation as training data; both lists have the same length. */
export interface EncodedChat {
  inputIds: number[];
  /** The label of each token: its own id where it is trained on, −100 elsewhere. */
  labels: number[];
}

/**
 * DeepSeek's chat format as a Jinja template for tokenizer_config.json; the same text as {@link encodeChat}.
 * @see DeepSeek-AI, DeepSeek LLM chat models, `tokenizer_config.json`
 */
export const deepseekChatTemplate = [
  "{{ bos_token }}",
  "{% for message in messages %}",
  "{% if message['role'] == 'system' %}{{ message['content'] + '\\n\\n' }}",
  "{% elif message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\\n\\n' }}",
  "{% elif message['role'] == 'assistant' %}{{ 'Assistant: ' + message['content'] + eos_token }}",
  "{% endif %}{% endfor %}",
  "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
].join("");

function boundaryIds({ bosTokenId, eosTokenId }: Pick<Tokenizer, "bosTokenId" | "eosTokenId">) {
  if (bosTokenId === undefined || eosTokenId === undefined)
    throw new LmError("ERR_MISSING", "lm/encodeChat: the tokenizer needs a BOS and an EOS token", {
      fields: { bosTokenId, eosTokenId },
    });
  return { bosTokenId, eosTokenId };
}

/**
 * Encodes a conversation in DeepSeek's chat format, with labels for training on the answers only: BOS, then for each
 * system turn `{text}\n\n`, for each user turn `User: {text}\n\n`, for each answer `Assistant: {text}` and EOS, with
 * texts of users and answers trimmed. The text before an answer is encoded as one piece, up to the colon of
 * `Assistant:`; the answer is encoded from its space on. A conversation that ends with a user turn is a prompt: it ends
 * with `Assistant:`, without a space.
 *
 * Labels are −100 except on answers with their EOS, and on BOS, which keeps its id as in the official
 * fine-tuning code (it is never a prediction target once labels are shifted). Answers with `mask: 1` are −100.
 *
 * @param messages at least one turn with role system, user or assistant
 * @param options.maskPrompt false labels user and system turns with their ids as well. Default true.
 * @throws {LmError} `ERR_RANGE` without messages, `ERR_FORMAT` for another role, `ERR_MISSING` when the
 *   tokenizer has no BOS or EOS token
 * @see Wang et al. 2024 (ESFT), official repository, `utils.py`
 */
export function encodeChat(
  messages: readonly ChatMessage[],
  tokenizer: Pick<Tokenizer, "encode" | "bosTokenId" | "eosTokenId">,
  options: { maskPrompt?: boolean | undefined } = {},
): EncodedChat {
  const { maskPrompt = true, ...rest } = optionsOf("encodeChat", options);
  refuseUnknown("encodeChat", rest);
  listOf("encodeChat", "messages", messages);
  having("encodeChat", "tokenizer", tokenizer, "encode");
  if (messages.length === 0) throw new LmError("ERR_RANGE", "lm/encodeChat: there are no messages");
  const { bosTokenId, eosTokenId } = boundaryIds(tokenizer);
  const inputIds = [bosTokenId];
  const labels = [bosTokenId];
  const append = (ids: readonly number[], isTrained: boolean) => {
    for (const id of ids) {
      inputIds.push(id);
      labels.push(isTrained ? id : ignoreIndex);
    }
  };
  const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
  let open = ""; // the text that no answer has followed yet
  for (const { role, content, mask } of messages) {
    if (role === "system") open += `${content}\n\n`;
    else if (role === "user") open += `User: ${content.trim()}\n\n`;
    else if (role === "assistant") {
      append(encode(`${open}Assistant:`), !maskPrompt);
      open = "";
      append([...encode(` ${content.trim()}`), eosTokenId], mask !== 1);
    } else
      throw new LmError(
        "ERR_FORMAT",
        `lm/encodeChat: role must be system, user or assistant, got "${role}"`,
        { fields: { role } },
      );
  }
  if (messages.at(-1)!.role === "user") open += "Assistant:";
  if (open) append(encode(open), !maskPrompt);
  return { inputIds, labels };
}
