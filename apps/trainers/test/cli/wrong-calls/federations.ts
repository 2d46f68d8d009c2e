import type { WrongCall } from "./wrong-call";

const simulate = "fed simulate --method fedavg --rounds 1 --epochs 1";
const client = "fed client --endpoint ws://127.0.0.1:1 --key a.key";

/** Of `fed` and `compare`. */
export const federationCalls: readonly WrongCall[] = [
  [`${simulate} --clients 4 --clients-per-round 9`, 2, "--clients-per-round", "--clients 4"],
  [`${simulate} --method fedxyz`, 2, "--method"],
  [`${simulate} --data cifar-10`, 2, "--folder"],
  [`${simulate} --data cifar-10 --folder none`, 2, "--folder", "none"],
  [`${simulate} --largest 99999`, 2, "--largest"],
  [`${simulate} --secure --workers 2`, 2, "--secure", "--workers"],
  [`${simulate} --dp-clip 1`, 2, "--noise-multiplier"],
  [`${simulate} --aggregator krum --byzantine 9 --clients 4`, 2, "--byzantine"],
  [`${simulate} --resume`, 2, "--resume", "--out"],
  ["fed simulate --resume --out none", 2, "--resume", "none"],
  ["fed coordinator --clients 2 --transport websocket", 2, "--out"],
  ["fed coordinator --clients 2 --transport nats --out o", 2, "--endpoint", "--start-broker"],
  ["fed coordinator --resume --out none", 2, "--resume", "none"],
  [
    "fed coordinator --clients 2 --clients-per-round 5 --transport websocket --port 0 --out o",
    2,
    "--clients-per-round",
    "--clients 2",
  ],
  ["fed coordinator --transport websocket --names a,a --out o", 2, "--names"],
  [
    "fed coordinator --transport websocket --tls-cert none.pem --tls-key a.key --out o",
    2,
    "--tls-cert",
    "none.pem",
  ],
  ["fed client --id client-0 --endpoint ws://127.0.0.1:1 --key none.key", 2, "--key", "none.key"],
  [`${client} --id client-0`, 2, "--key", "a.key"],
  ["fed client --id a/b --endpoint ws://127.0.0.1:1 --key a.key", 2, "--id"],
  ["fed lm --steps 7 --inner-steps 3 --warm-steps 0 --data text.txt --out o", 2, "--steps"],
  ["fed lm --data none.txt --out o", 2, "--data", "none.txt"],
  ["fed lm --resume --out none", 2, "--resume", "none"],
  ["fed lm-worker --resume --out none", 2, "--resume", "none"],
  ["fed privacy --sampling-rate 2 --rounds 1 --delta 1e-5", 2, "--sampling-rate"],
  ["fed privacy --sampling-rate 0.1 --rounds 1 --delta 1e-5", 2, "--noise-multiplier", "--epsilon"],
  ["compare nothing", 2, "unknown command 'nothing'"],
  ["compare esft --experiments Z-9 --out o", 2, "--experiments"],
  ["compare esft --quick --full --out o", 2, "--quick", "--full"],
  ["compare esft --quick --out m", 2, "--out", "empty"],
  ["compare balance-marking --model none --out o", 2, "--model", "none"],
];
