/** The user called the command line wrongly: the message is all they need, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "ERR_USAGE";
}
