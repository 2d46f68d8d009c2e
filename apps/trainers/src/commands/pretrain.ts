import { defineCliCommand } from "../cli/define-command";
export const pretrain = defineCliCommand({
  name: "pretrain",
  description: "",
  examples: [],
  args: {},
  async run() {},
});
