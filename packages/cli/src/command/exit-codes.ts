/**
 * Exit codes, as documented in docs/cli.md.
 * @module
 */

export const EXIT = {
  ok: 0,
  /** Refused, or failed: what the message says. */
  failed: 1,
  /** The command line was not understood. */
  usage: 2,
  /** No such parameter, version, key, file or store. */
  notFound: 3,
  /** No passphrase or key was given, or it is the wrong one. */
  locked: 4,
  /** A ciphertext, store or backup is damaged, cut short, or not authentic. */
  notAuthentic: 5,
  /** Of `exec`, as a shell has them: the program cannot be run, or is not there. */
  notExecutable: 126,
  noProgram: 127,
  /** And the number of the signal. */
  signal: 128,
} as const;
