import type { Command } from "../commands/define-command";
import type { Flag } from "../flags/flag";
import { kebabCase } from "../flags/kebab-case";
import { configurable } from "./config-file";

/** A default as a configuration would hold it. */
function defaultOf({ form, shownDefault, negated, fallback }: Flag): unknown {
  if (negated !== undefined) return fallback({ spelling: "", resolve: (path) => path });
  if (shownDefault === undefined) return undefined;
  if (form.type === "integer" || form.type === "number") return Number(shownDefault);
  if (form.type !== "array") return shownDefault;
  const isOfNumbers = form.items.type === "integer" || form.items.type === "number";
  return shownDefault.split(",").map((item) => (isOfNumbers ? Number(item) : item));
}

/** A list may be one text, or its only number, as on the command line. */
const formOf = ({ form }: Flag) =>
  form.type === "array" ? { anyOf: [form, { type: ["string", "number"] }] } : { ...form };

/**
 * The JSON schema of a command's `--config` file. No key is required: the command line may give it.
 * @param path the command's words, such as `["esft", "train"]`
 */
export function configSchema(path: readonly string[], { flags }: Pick<Command, "flags">): object {
  const properties = configurable(flags).map((name) => {
    const flag = flags[name]!;
    return [kebabCase(name), { description: flag.help, default: defaultOf(flag), ...formOf(flag) }];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `Configuration of deepgrain ${path.join(" ")}`,
    type: "object",
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}
