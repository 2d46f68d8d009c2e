import { type CommandGroup, defineCommand } from "../commands/define-command";
import * as flags from "../flags/flags";

const shells = ["bash", "zsh", "fish"] as const;

/** `deepgrain completion`: prints a script that is made from the typed flags of all commands. */
export const completionOf = (root: CommandGroup) =>
  defineCommand({
    description:
      "Prints a script that completes commands, flags and their values as you type. Its first lines say for which shell.",
    examples: [
      "completion bash > ~/.local/share/bash-completion/completions/deepgrain",
      "completion zsh > ~/.zfunc/_deepgrain   # with fpath+=(~/.zfunc) before compinit in ~/.zshrc",
      "completion fish > ~/.config/fish/completions/deepgrain.fish",
    ],
    flags: {
      shell: flags.argument(
        flags.choice(shells, { required: true, help: `The shell: ${shells.join(", ")}` }),
      ),
    },
    async run({ shell }, { write }) {
      const { shellCommands } = await import("./shell-commands");
      const commands = await shellCommands(root);
      if (shell === "bash") write((await import("./bash-script")).bashScript(commands));
      else if (shell === "zsh") write((await import("./zsh-script")).zshScript(commands));
      else write((await import("./fish-script")).fishScript(commands));
    },
  });
