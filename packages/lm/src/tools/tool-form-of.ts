import { LmError } from "../errors";
import type { Tokenizer } from "../tokenizer";
import { templateForTools } from "../tokenizer/chat-template";
import { checkFormat, formOf, type ToolFormat, takesTools, toolFormats } from "./forms";

/**
 * The form in which a tokenizer's chat template writes calls.
 *
 * @param options.toolFormat the form, where the template does not show it
 * @param options.template name of one of several templates, or a Jinja template instead of theirs
 * @throws {LmError} `ERR_MISSING` for a template that takes no tools, and for one whose form is none of the five, naming these;
 *   `ERR_ARGUMENT` for a form that is none of them
 */
export function toolFormatOf(
  tokenizer: Pick<Tokenizer, "applyChatTemplate">,
  options: { toolFormat?: ToolFormat | undefined; template?: string | undefined } = {},
): ToolFormat {
  const { toolFormat, template } = options;
  const source = templateForTools(tokenizer.applyChatTemplate, template);
  if (source !== undefined && !takesTools(source))
    throw new LmError("ERR_MISSING", "lm/tools: the model's chat template takes no tools", {
      fields: { toolFormat },
    });
  const found = toolFormat ? checkFormat(toolFormat) : formOf(source ?? "");
  if (found) return found;
  throw new LmError(
    "ERR_MISSING",
    `lm/tools: the chat template writes calls in none of the forms ${toolFormats.join(", ")}; name one as toolFormat if it does`,
    { fields: { toolFormats: toolFormats.join() } },
  );
}
