import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { withInputFile } from "../files/input-file";
import { type OutputFile, outputFile, STANDARD } from "../files/output-file";
import type { Flag, Flags } from "../flags/flags";
import { spelling } from "../flags/spelling";
import { resolveModels } from "../models/resolve-models";
import { checkInputs } from "./check-inputs";
import type { CliContext } from "./context";
import { tellRoundedTypes } from "./rounded-types";
import { tellUnknownKeys } from "./unknown-keys";

type Given = Readonly<Record<string, unknown>>;

/** The flags of a command that are given `-`. */
const standardFlags = (flags: Flags, values: Given, isMeant: (flag: Flag) => boolean): string[] =>
  Object.entries(flags).flatMap(([name, flag]) => {
    const value = values[name] as string | OutputFile | undefined;
    const path = typeof value === "object" ? value.path : value;
    return isMeant(flag) && path === STANDARD ? [name] : [];
  });

function atMostOne(names: readonly string[], flags: Flags, stream: string): string | undefined {
  if (names.length < 2) return names[0];
  const spelled = names.map((name) => spelling(name, flags[name]!));
  throw new UsageError(`only one of ${spelled.join(", ")} can be - (standard ${stream})`);
}

/**
 * Runs a command whose file flags may be `-`, and whose models may be repositories of the Hugging Face hub. Standard input becomes a
 * file for as long as the command runs. Where standard output is a file's, everything else that the command prints goes to standard error.
 *
 * @throws {UsageError} as `checkInputs` and `resolveModels`; for two flags on one stream, and for `--json`, which prints to standard output itself
 */
export async function withOpenFiles<T>(
  flags: Flags,
  values: Given,
  context: CliContext,
  work: (values: Given, context: CliContext) => Promise<T>,
): Promise<T> {
  const onOutput = standardFlags(flags, values, ({ writes }) => writes === "file");
  const output = atMostOne(onOutput, flags, "output");
  const onInput = standardFlags(flags, values, ({ reads }) => reads === "file");
  const input = atMostOne(onInput, flags, "input");
  if (output !== undefined && values.json === true)
    throw new UsageError(
      `--json prints to standard output, which ${spelling(output, flags[output]!)} - takes; give one of them`,
    );
  checkInputs(flags, values, context);
  const opened: Record<string, unknown> = { ...(await resolveModels(flags, values, context)) };
  await tellUnknownKeys(flags, opened, context);
  await tellRoundedTypes(flags, opened, context);
  for (const [name, { writes }] of Object.entries(flags)) {
    const file = values[name] as OutputFile | undefined;
    if (writes === "file" && file) opened[name] = outputFile(file.path, context);
  }
  const quiet = { ...context, write: context.writeError };
  const run = () => work(opened, output === undefined ? context : quiet);
  if (input === undefined) return run();
  return withInputFile(await context.readInput(), (path) => {
    opened[input] = path;
    return run();
  });
}
