import * as flags from "../cli/flags";

/** Flags of every command that reads prompts. */
export const promptFlags = {
  model: flags.text({
    default: "anchors",
    hint: "dir",
    help: "Hugging Face folder (GPT-2 or Llama layout), or a shipped model: anchors, control, look-alike",
  }),
  task: flags.text({
    hint: "name|file",
    help: "sst2, trec, agnews, emoc, a template as JSON, or blocks, the task of the tiny models; blocks by default for shipped models",
  }),
  data: flags.file({
    help: "Labelled texts for demonstrations: JSONL with text and label, TSV or CSV",
  }),
  test: flags.file({ help: "Labelled texts to ask about; what is left of --data by default" }),
  shots: flags.whole({ min: 1, max: 1000, default: 1, help: "Demonstrations per class" }),
  items: flags.whole({ min: 2, default: 200, help: "Prompts per seed" }),
  seeds: flags.whole({ min: 1, max: 100, default: 1, help: "Seeds; numbers are means over them" }),
  seed: flags.whole({ default: 42, help: "The first of them" }),
  multiToken: flags.choice(["refuse", "first", "mean"], {
    help: "What to do with label words of several tokens; what the template says by default",
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
};
