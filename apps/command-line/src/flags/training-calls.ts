import * as flags from "./flags";

/** The flags of every command that trains. */
export const trainingCallFlags = {
  config: {
    ...flags.text({
      hint: "file",
      help: "YAML or JSON with values of these flags, by their names; a flag that is typed wins",
    }),
    read: (path: string, { resolve }: { resolve(path: string): string }) => resolve(path),
  },
  dryRun: flags.flag({
    help: "Take a few steps, print memory, steps and time per step, and write nothing",
  }),
};
