import * as flags from "@deepgrain/command-line/flags/flags";
import { endpointFlags } from "@deepgrain/command-line/models/endpoint-flags";
import { keptDtypeFlag } from "@deepgrain/command-line/trainings/weight-types";

export const evaluateFlags = {
  tasks: flags.file({ required: true, help: "Task file; the guide evaluate-a-model has some" }),
  data: flags.file({ required: true, help: "Rows, one JSON object per line" }),
  model: flags.model({ help: "Hugging Face folder or GGUF file of the model" }),
  ...keptDtypeFlag,
  ...endpointFlags,
  endpoint: {
    ...endpointFlags.endpoint,
    help: `${endpointFlags.endpoint.help}; for choices it must return echo with logprobs`,
  },
  shots: flags.whole({ help: "Solved rows before each prompt; by default as the task says" }),
  shotsData: flags.file({
    help: "Rows that solved ones are drawn from; by default the others of --data",
  }),
  seed: flags.whole({ default: 0, help: "Draws the solved rows" }),
  limit: flags.whole({ min: 1, help: "Evaluate the first rows only" }),
  chat: flags.flag({ help: "Put each prompt as a user's turn into the model's chat template" }),
  out: flags.outFile({ help: "File of finished rows, which a stopped run goes on with" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};
