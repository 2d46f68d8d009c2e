import { having, optionsOf, refuseUnknown } from "../errors";
import type { Tokenizer } from "./create-tokenizer";
import { type EncodedChat, ignoreIndex } from "./encode-chat";

/** An instruction in the form of Alpaca's data. */
export interface Instruction {
  instruction: string;
  /** The input that the instruction is about. Default: nothing. */
  input?: string | undefined;
  output: string;
}

/** Marks the end of an answer if the tokenizer has it. */
const END_OF_TURN = "<|EOT|>";

/** The instruction under its heading, up to the line on which the answer starts. */
export function instructionPrompt(
  { instruction, input = "" }: Omit<Instruction, "output">,
  options: { system?: string | undefined } = {},
): string {
  const { system = "", ...rest } = optionsOf("instructionPrompt", options);
  refuseUnknown("instructionPrompt", rest);
  const about = input.trim() === "" ? "" : `### Input:\n${input.trim()}\n`;
  const before = system.trim() === "" ? "" : `${system.trim()}\n`;
  return `${before}### Instruction:\n${instruction.trim()}\n${about}### Response:\n`;
}

/**
 * Encodes an instruction as training data in the form of DeepSeekMoE's fine-tuning script: BOS (where the tokenizer has one),
 * the instruction under `### Instruction:`, then under `### Response:` the answer, a line break and `<|EOT|>`, or the end token
 * of a tokenizer that does not know `<|EOT|>` as one token. Labels are −100 up to the answer.
 *
 * @param options.system text at the very beginning. Default: nothing
 * @see DeepSeek-AI, DeepSeekMoE, official repository, `finetune/finetune.py`
 */
export function encodeInstruction(
  record: Instruction,
  tokenizer: Pick<Tokenizer, "encode" | "bosTokenId" | "eosTokenId">,
  options: { system?: string | undefined } = {},
): EncodedChat {
  const { system, ...rest } = optionsOf("encodeInstruction", options);
  refuseUnknown("encodeInstruction", rest);
  having("encodeInstruction", "record", record, "instruction", "output");
  having("encodeInstruction", "tokenizer", tokenizer, "encode");
  const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
  const mark = encode(END_OF_TURN);
  const { bosTokenId, eosTokenId } = tokenizer;
  const end = mark.length > 1 && eosTokenId !== undefined ? [eosTokenId] : mark;
  const begin = bosTokenId === undefined ? [] : [bosTokenId];
  const prompt = [...begin, ...encode(instructionPrompt(record, { system }))];
  const answer = [...encode(`${record.output}\n`), ...end];
  return {
    inputIds: [...prompt, ...answer],
    labels: [...prompt.map(() => ignoreIndex), ...answer],
  };
}
