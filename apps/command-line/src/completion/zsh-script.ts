import type { ShellCommand, ShellFlag } from "./shell-commands";

/** A text inside single quotes, without what `_arguments` and `_describe` read as syntax. */
const quoted = (text: string) => text.replaceAll(/[[\]:\\]/g, "\\$&").replaceAll("'", "'\\''");

const nameOf = (path: readonly string[]) => ["_deepgrain", ...path].join("_").replaceAll("-", "_");

/** The action of `_arguments` for a value. */
function action({ value, words }: Pick<ShellFlag, "value" | "words">): string {
  if (value === "words") return `:(${words.join(" ")})`;
  if (value === "file") return ":_files";
  return value === "folder" ? ":_files -/" : ": ";
}

/** The specifications of a flag, one for each of its spellings. */
const specifications = (flag: ShellFlag): string[] =>
  flag.spellings.map((spelling) => {
    const value = flag.value === "none" ? "" : `:${flag.value}${action(flag)}`;
    return `    '${spelling}[${quoted(flag.help)}]${value}'`;
  });

function leafFunction({ path, flags, argument }: ShellCommand): string {
  const own = flags.flatMap(specifications);
  const place = argument ? [`    '1:argument${action(argument)}'`] : [];
  return `${nameOf(path)}() {\n  _arguments \\\n${[...own, ...place].join(" \\\n")}\n}`;
}

function groupFunction({ path, below }: ShellCommand): string {
  const names = below.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`);
  const calls = below.map(({ name }) => `      ${name}) ${nameOf([...path, name])};;`);
  return `${nameOf(path)}() {
  local -a commands=(
${names.join("\n")}
  )
  local context state line
  typeset -A opt_args
  _arguments -C '(-h --help)'{-h,--help}'[Print this help]' '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands;;
    argument) case $words[1] in
${calls.join("\n")}
    esac;;
  esac
}`;
}

/** A script for zsh. `source <(deepgrain completion zsh)` puts it to use. */
export const zshScript = (commands: readonly ShellCommand[]): string => `#compdef deepgrain
# Completion of deepgrain for zsh
${commands.map((one) => (one.below.length > 0 ? groupFunction(one) : leafFunction(one))).join("\n")}
if [[ $funcstack[1] == _deepgrain ]]; then _deepgrain "$@"; else compdef _deepgrain deepgrain; fi
`;
