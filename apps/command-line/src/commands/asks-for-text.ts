/**
 * Whether a command line asks for nothing but a text: help, the version or a completion script. Such a text needs no thread.
 *
 * @param args the arguments after the program's name
 */
export const asksForText = (args: readonly string[]): boolean =>
  args.length === 0 ||
  args[0] === "help" ||
  args[0] === "completion" ||
  args.some((word) => ["-h", "--help", "-V", "--version"].includes(word));
