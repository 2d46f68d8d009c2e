import type { ShellCommand, ShellFlag } from "./shell-commands";

const list = (words: readonly string[]) => words.join(" ");

/** Bash's suggestions for a value. */
function offered({ value, words }: Pick<ShellFlag, "value" | "words">): string {
  if (value === "words") return `COMPREPLY=($(compgen -W "${list(words)}" -- "$current"))`;
  if (value === "file") return 'COMPREPLY=($(compgen -f -- "$current"))';
  return value === "folder" ? 'COMPREPLY=($(compgen -d -- "$current"))' : "COMPREPLY=()";
}

/** Bash's suggestions in one command, at a value and elsewhere. */
function branch({ path, below, flags, argument }: ShellCommand): string {
  const withValue = flags.filter(({ value }) => value !== "none");
  const values = withValue.map(
    (flag) => `        ${flag.spellings.join("|")}) ${offered(flag)}; return;;`,
  );
  const spelled = flags.flatMap(({ spellings }) => spellings);
  const words = [...below.map(({ name }) => name), ...spelled];
  const after = argument ? [`      [[ $current == -* ]] || { ${offered(argument)}; return; }`] : [];
  const previous =
    values.length === 0 ? [] : ['      case "$previous" in', ...values, "      esac"];
  return [
    `    "${list(path)}")`,
    ...previous,
    ...after,
    `      COMPREPLY=($(compgen -W "${list(words)}" -- "$current"));;`,
  ].join("\n");
}

/** The paths that a word leads on from: `esft train` from `esft`. */
const steps = (commands: readonly ShellCommand[]) =>
  commands
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `"${list(path)}"`)
    .join("|");

/** A script for bash. `source <(deepgrain completion bash)` puts it to use. */
export const bashScript = (
  commands: readonly ShellCommand[],
): string => `# Completion of deepgrain for bash
_deepgrain() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word next
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
      ${steps(commands)}) path="$next";;
      *) break;;
    esac
  done
  compopt -o filenames 2>/dev/null
  case "$path" in
${commands.map(branch).join("\n")}
  esac
}
complete -F _deepgrain deepgrain
`;
