import { assertGguf, type CausalLM, LmError, type Tokenizer } from "@deepgrain/lm";
import type { CommandContext } from "../commands/context";
import { plainProblem } from "../errors/word-error";

/** Says before a training that its model cannot be written for llama.cpp, and why; in a dry run, also that it can. */
export async function sayWhetherItCanLeave(
  model: CausalLM,
  tokenizer: Tokenizer,
  { progress, dryRun }: Pick<CommandContext, "progress" | "dryRun">,
): Promise<void> {
  try {
    await assertGguf(model, tokenizer);
    if (dryRun) progress.note("The model can be written for llama.cpp: convert --to gguf");
  } catch (error) {
    if (!LmError.isInstance(error)) throw error;
    progress.note(`The model cannot be written for llama.cpp: ${plainProblem(error)}`);
  }
}
