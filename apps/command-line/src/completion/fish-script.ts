import type { ShellCommand, ShellFlag } from "./shell-commands";

/** A text inside single quotes. */
const quoted = (text: string) => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;

/** Fish's suggestions for a value. */
function offered({ value, words }: Pick<ShellFlag, "value" | "words">): string {
  if (value === "words") return ` -x -a ${quoted(words.join(" "))}`;
  if (value === "file") return " -r -F";
  if (value === "folder") return " -x -a '(__fish_complete_directories)'";
  return value === "text" ? " -x" : "";
}

const spelled = ({ spellings }: ShellFlag) =>
  spellings
    .map((one) => (one.startsWith("--") ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`))
    .join(" ");

/** The lines of one command. */
function lines({ path, below, flags, argument }: ShellCommand): string[] {
  const start = `complete -c deepgrain -n ${quoted(`__deepgrain_at ${path.join(" ")}`.trim())}`;
  return [
    ...below.map(({ name, summary }) => `${start} -a ${name} -d ${quoted(summary)}`),
    ...flags.map((flag) => `${start} ${spelled(flag)}${offered(flag)} -d ${quoted(flag.help)}`),
    ...(argument ? [`${start}${offered(argument)}`] : []),
  ];
}

/** A script for fish. `deepgrain completion fish | source` puts it to use. */
export const fishScript = (
  commands: readonly ShellCommand[],
): string => `# Completion of deepgrain for fish
complete -c deepgrain -e
complete -c deepgrain -f
function __deepgrain_at -d 'Whether the words so far lead to this command'
  set -l path
  for word in (commandline -opc)[2..]
    set -l next (string join -- ' ' $path $word)
    contains -- $next ${commands
      .filter(({ path }) => path.length > 0)
      .map(({ path }) => quoted(path.join(" ")))
      .join(" ")}; or break
    set -a path $word
  end
  test "$path" = "$argv"
end
${commands.flatMap(lines).join("\n")}
`;
