import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { continueFlags } from "@deepgrain/command-line/trainings/training-flags";
import { fields } from "@deepgrain/fedlt/fields";
import { imageSets, networks, pictureHelp } from "@deepgrain/studies/redgrape/image-sets";
import { methodIds } from "@deepgrain/studies/redgrape/method-ids";

/** Protection of clients from the coordinator, and of the model from clients. */
export const guardFlags = {
  secure: flags.flag({
    help: "Secure aggregation: the coordinator sees only sums (for RedGrape, FedAvg and other strategies that need only sums)",
  }),
  ...flagsFrom(fields.aggregation),
  ...flagsFrom(fields.privateRounds),
};

const { clients, ...dealing } = flagsFrom(fields.split);

/** Which pictures there are. */
export const pictureFlags = {
  data: flags.choice(imageSets, { help: pictureHelp.data }),
  folder: flags.folder({ help: pictureHelp.folder }),
};

/** Which pictures there are and how they are dealt out; a coordinator tells its clients. */
export const splitFlags = {
  ...pictureFlags,
  network: flags.choice(networks, {
    help: "Network below the classifier: mlp, or cnn (the default for cifar-10)",
  }),
  clients,
  largest: flags.whole({
    min: 1,
    help: "Images in the largest class; by default 700 for mnist, 2000 for fashion-mnist, 5000 for cifar-10",
  }),
  ratio: flags.real({
    min: 1,
    help: "Size of the largest class over the smallest; by default 50 for mnist, otherwise 100",
  }),
  ...dealing,
};

/** How a federation learns. */
export const methodFlags = {
  method: flags.choice(methodIds, {
    default: "redgrape",
    help: "The strategy, with its tuned settings",
  }),
  rounds: flags.whole({ min: 1, default: 100, help: "Total number of rounds" }),
  clientsPerRound: flags.whole({ min: 1, help: "Clients drawn for each round; all by default" }),
  epochs: flags.whole({ min: 1, default: 2, help: "Local epochs" }),
  batchSize: flags.whole({ min: 1, default: 32, help: "Images per local batch" }),
  lr: flags.real({ help: "Clients' learning rate; by default 0.05, or the method's tuned one" }),
  ...guardFlags,
  evaluateEvery: flags.whole({ min: 1, default: 5, help: "Rounds between tests" }),
};

const { run, ...link } = flagsFrom(fields.link);

/** How a coordinator reaches its clients. */
export const linkFlags = {
  transport: link.transport,
  startBroker: flags.flag({ help: "Start a NATS server for this run (Debian: nats-server)" }),
  endpoint: link.server,
  run,
  host: link.host,
  port: link.port,
  websocketPort: link.websocketPort,
  wait: flags.real({
    min: 0.001,
    help: "Seconds to wait for clients; unlimited by default",
  }),
  tlsCert: flags.file({ help: "Certificate of this server, PEM" }),
  tlsKey: flags.file({ help: "Its private key, PEM" }),
  tlsCa: flags.file({ help: "Authority that must have signed the clients' certificates, PEM" }),
};

/** How a client reaches its coordinator. */
export const joinFlags = {
  endpoint: flags.text({
    required: true,
    hint: "url",
    help: "nats://host:4222 or tls://host:4222 of the broker, or ws://host:8080 or wss://… of the coordinator",
  }),
  run,
  key: flags.file({ required: true, help: "This client's key file, made by the coordinator" }),
  wait: flags.real({
    min: 0.001,
    default: 600,
    help: "Seconds to wait for a coordinator that is missing or gone",
  }),
  tlsCa: flags.file({ help: "Authority that signed the server's certificate, PEM" }),
  tlsCert: flags.file({ help: "Certificate of this client, PEM, if the broker asks for one" }),
  tlsKey: flags.file({ help: "Its private key, PEM" }),
};

/** The flags of `fed simulate`. */
export const simulateFlags = {
  ...methodFlags,
  ...splitFlags,
  workers: flags.whole({
    min: 1,
    max: 64,
    default: 1,
    help: "Number of worker threads; it does not change the results",
  }),
  out: flags.folder({
    writes: "folder",
    help: "Folder for journal, metrics.jsonl, model.safetensors and the personal models of --method ditto; the same command with --resume continues there",
  }),
  ...continueFlags,
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `fed coordinator`. */
export const coordinatorFlags = {
  ...methodFlags,
  ...splitFlags,
  names: flags.tokens({
    help: "Names of the clients, separated by commas; client-0 and so on by default",
  }),
  ...linkFlags,
  quorum: flags.whole({
    min: 1,
    help: "Minimum number of updates per round; all clients of the round by default",
  }),
  deadline: flags.real({
    default: 600,
    help: "Seconds after which a round closes once it has its quorum",
  }),
  maxSamples: flags.whole({
    min: 1,
    help: "Maximum number of images that a client may claim to have; all training images of --data by default, 1000 with --secure",
  }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Folder for keys, broker, journal, metrics.jsonl and model.safetensors; the same command with --resume continues there, even with other --rounds, --quorum and --deadline",
  }),
  ...continueFlags,
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `fed client`. */
export const clientFlags = {
  id: flags.token({ required: true, help: "This client's name" }),
  ...joinFlags,
  ...pictureFlags,
  all: flags.flag({ help: "Train on all images instead of a share" }),
  secure: flags.flag({ help: "Refuse rounds without secure aggregation" }),
  personal: flags.folder({
    isMade: true,
    help: "Folder of this client's personal model, which --method ditto trains and never sends; a client that comes back goes on from it",
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

const localFlags = {
  data: flags.texts({ default: ["english"], help: "The text, as for `pretrain`" }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Model folder; keys, journal and the workers' state are kept there too, and the same command with --resume continues",
  }),
  workers: flags.whole({
    min: 1,
    max: 255,
    default: 2,
    help: "Number of workers, each with its share of the text",
  }),
  remote: flags.flag({ help: "Start no workers here: they join with `fed lm-worker`" }),
  steps: flags.whole({ min: 1, default: 1200, help: "Total steps per worker" }),
  warmSteps: flags.whole({
    help: "How many of these steps come first as plain training here, in batches of all workers' size, because the paper starts from a trained model; about a quarter by default",
  }),
  ...flagsFrom({
    ...fields.rounds,
    outerMomentum: { ...fields.rounds.outerMomentum, default: 0.5 },
  }),
  batchSize: flags.whole({ min: 1, default: 8, help: "Sequences per batch of each worker" }),
  sequenceLength: flags.whole({ min: 2, default: 64, help: "Tokens per sequence" }),
  lr: flags.real({ default: 0.003, help: "Peak rate of the workers' AdamW" }),
  warmup: flags.whole({ default: 20, help: "Steps over which it rises from 0" }),
  seed: flags.whole({ default: 0, help: "Same seed, same result" }),
  modelConfig: flags.file({
    help: "config.json of the model; a Llama of width 64 with 2 layers by default",
  }),
  tokenizer: flags.tokenizer({
    help: "Folder or GGUF file of a tokenizer; by default one is trained",
  }),
  vocabSize: flags.whole({ min: 259, default: 512, help: "Vocabulary size of a new tokenizer" }),
  plain: flags.flag({
    help: "Also train without rounds on as many tokens in one process: in batches of all workers' size, and in more steps of one worker's",
  }),
};

/** The flags of `fed lm`. */
export const lmFlags = {
  ...localFlags,
  ...continueFlags,
  ...linkFlags,
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The flags of `fed lm-worker`. */
export const lmWorkerFlags = {
  id: flags.token({ required: true, help: "This worker's name" }),
  ...joinFlags,
  data: flags.texts({ required: true, help: "The text, as for `pretrain`" }),
  tokenizer: flags.tokenizer({
    required: true,
    help: "Folder or GGUF file of the coordinator's tokenizer",
  }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Folder for the optimiser's state",
  }),
  ...continueFlags,
};

const { noiseMultiplier, epsilon, conversion } = flagsFrom(fields.privacy);

/** The flags of `fed privacy`. */
export const privacyFlags = {
  samplingRate: flags.real({
    required: true,
    max: 1,
    help: "q: probability that a client takes part in a round",
  }),
  noiseMultiplier,
  epsilon,
  rounds: flags.whole({ required: true, help: "Number of rounds" }),
  delta: flags.real({ required: true, max: 1, help: "δ, below one over the number of clients" }),
  conversion,
  json: flags.flag({ help: "Print { epsilon, order } as JSON" }),
};
