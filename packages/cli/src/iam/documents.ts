/**
 * Policies from files.
 * @module
 */

import type { Readable } from 'node:stream';
import { type PolicyDocument, PolicyFault, type PolicyKind, parsePolicy } from '@securestring/service/policy';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { nameOf } from '../io/input.ts';
import { readText } from '../io/text.ts';

/** Reads a policy. Without a kind its elements decide: only a key policy has Principal and Resource. */
export async function readDocument(file: string, stdin: () => Readable, kind?: PolicyKind): Promise<PolicyDocument> {
  const text = await readText(file, stdin);
  try {
    return parsePolicy(text, kind ?? kindOf(text));
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const message = `AWS refuses the policy. ${nameOf(file)}: ${error.message} ${error.detail}`;
    throw new CliError(EXIT.failed, message, { cause: error });
  }
}

function kindOf(text: string): PolicyKind {
  if (!/"(Not)?Principal"/.test(text)) return 'identity';
  return /"(Not)?Resource"/.test(text) ? 'key' : 'trust';
}
