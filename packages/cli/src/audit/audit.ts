/**
 * `audit`: who called what, from the log that `serve --audit-log` writes.
 * @module
 */

import { once } from 'node:events';
import { join } from 'node:path';
import { counted, shownLines } from '@securestring/core/quoted';
import type { Command } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { storePlace } from '../command/store-place.ts';
import { rowOf } from './row.ts';

/** Where a log is. */
export interface LogOptions {
  readonly log?: string;
}

/** Times between which records are asked for, as they are typed. */
export interface TimeOptions {
  readonly since?: string;
  readonly until?: string;
}

interface AuditOptions extends LogOptions, TimeOptions {
  readonly principal?: string;
  readonly resource?: string;
  readonly event?: string;
  readonly refused?: true;
}

/** Options that choose records. */
const QUESTIONS = ['since', 'until', 'principal', 'resource', 'event', 'refused'] as const;
const LOG = 'the log (default: audit.jsonl in the folder of the store)';

export const registerAudit: Register = (program, act) => {
  const audit = withTimes(program.command('audit').description('show who called what, from an audit log'))
    .option('--principal <name>', 'calls of a user, a role, a session, an access key; or of root')
    .option(
      '--resource <name>',
      'calls about a parameter, a key (id or ARN), an alias as the call named it, or a role (ARN)',
    )
    .option('--event <name>', 'calls of an operation, such as GetParameter')
    .option('--refused', 'calls that failed')
    .addHelpText(
      'after',
      examples(
        'securestring audit --resource /app/db/password --since Monday',
        'securestring audit --principal deploy',
        'securestring audit --refused --since 24h',
        'securestring audit verify',
      ),
    )
    .action(act<AuditOptions>((_args, options, context) => showRecords(options, context)));
  audit
    .command('verify')
    .description('find lines that were altered, dropped or moved since they were written')
    .option('--log <file>', LOG)
    .option('--without-key', 'verify the chain alone, without a store: lines missing at the end are not found')
    .addHelpText('after', examples('securestring audit verify --log audit.jsonl'))
    .action(
      act<AuditOptions & { readonly withoutKey?: true }>(async (_args, { withoutKey = false, ...options }, context) => {
        // What goes before the subcommand, or is named as an option of audit, is read as one of audit.
        const asked = QUESTIONS.find((name) => options[name] !== undefined);
        if (asked !== undefined) {
          throw new CliError(EXIT.usage, `verify is about every line of a log: leave out --${asked}.`);
        }
        const { verifyLog } = await import('./verify.ts');
        return verifyLog(logOf(options, context), withoutKey, context);
      }),
    );
};

/** Adds the options that choose a log and a time. */
export function withTimes(command: Command): Command {
  return command
    .option('--log <file>', LOG)
    .option('--since <time>', 'from this time on: 2h, 7d, today, Monday, 2026-03-01T09:30; in UTC')
    .option('--until <time>', 'before this time');
}

/** Returns the path of the log that the options name. */
export function logOf({ log }: LogOptions, context: Context): string {
  return log ?? join(storePlace(context).folder, 'audit.jsonl');
}

/** @throws `CliError` for a text that is not a time. */
export async function timesOf({ since, until }: TimeOptions): Promise<{ since?: number; until?: number }> {
  const { parseTime } = await import('@securestring/audit');
  const now = Date.now();
  try {
    return {
      ...(since !== undefined && { since: parseTime(since, now) }),
      ...(until !== undefined && { until: parseTime(until, now) }),
    };
  } catch (error) {
    throw error instanceof RangeError ? new CliError(EXIT.usage, error.message) : error;
  }
}

async function showRecords(options: AuditOptions, context: Context): Promise<number> {
  const { matcherOf, readAuditLog } = await import('@securestring/audit');
  const { principal, resource, event, refused } = options;
  const isAsked = matcherOf({
    ...(await timesOf(options)),
    ...(principal !== undefined && { principal }),
    ...(resource !== undefined && { resource }),
    ...(event !== undefined && { event }),
    ...(refused !== undefined && { refused }),
  });
  const { stdout } = context.terminal;
  const found = { all: 0, shown: 0, unreadable: 0 };
  for await (const { record } of readAuditLog(logOf(options, context))) {
    found.all += 1;
    if (record === undefined) found.unreadable += 1;
    if (record === undefined || !isAsked(record)) continue;
    found.shown += 1;
    const line = context.options.json === true ? shownLines(JSON.stringify(record)) : rowOf(record, context.colour);
    // A log may be longer than the memory: what the reader has not taken is waited for.
    if (!stdout.write(`${line}\n`)) await once(stdout, 'drain');
  }
  context.note(`${found.shown} of ${found.all} records.`);
  warnOfUnreadable(found.unreadable, context);
  return EXIT.ok;
}

/** Warns of lines that were left out. */
export function warnOfUnreadable(lines: number, context: Context): void {
  if (lines > 0)
    context.warn(`Not records: ${counted(lines, 'line')}. See ${commandLine(context.options, 'audit', 'verify')}.`);
}
