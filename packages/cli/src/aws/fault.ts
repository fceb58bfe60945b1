/**
 * What goes wrong on the aws command line, with its words and its exit codes.
 * @module
 */

/** Exit codes of the aws command line, version 2. */
export const AWS_EXIT = {
  /** The command line was not understood, or a value of it is not of its type. */
  usage: 252,
  /** The service refused the call. */
  refused: 254,
  /** Anything else. */
  failed: 255,
} as const;

/** A failure that is printed as the aws command line prints it. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** How to call it, and where to read more. */
export const USAGE = `usage: securestring aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  securestring aws help
  securestring aws <command> help
  securestring aws <command> <subcommand> help
`;

/** A command line that the parser refuses: the usage is shown before it. */
export function misused(message: string): AwsFault {
  return new AwsFault(AWS_EXIT.usage, `${USAGE}\naws: error: ${message}`);
}

/** A value that is not what its option takes. */
export function wrongValue(option: string, message: string, cause?: unknown): AwsFault {
  return new AwsFault(AWS_EXIT.usage, `Error parsing parameter '${option}': ${message}`, { cause });
}
