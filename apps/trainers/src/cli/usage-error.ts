export { UsageError } from "@deepgrain/studies/shared/usage-error";
