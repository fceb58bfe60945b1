/**
 * One command of the aws command line, from its words to its output.
 * @module
 */

import { shown, shownLines } from '@securestring/core/quoted';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { FORMS, type Form, formOn } from '../output/forms.ts';
import { storesUnder } from '../serve/places.ts';
import { withStore } from '../store/with-store.ts';
import { type Answer, type CallPlace, call, type Request } from './call.ts';
import { callerOf } from './caller.ts';
import { AWS_EXIT, AwsFault, misused } from './fault.ts';
import { type Listed, readPages, wholeList } from './pages.ts';
import type { AwsOperation } from './services.ts';
import type { BinaryFormat } from './values.ts';
import { type Given, parseWords } from './words.ts';

/** Runs it. Its exit code is that of the aws command line. */
export async function runAws(words: readonly string[], context: Context): Promise<number> {
  try {
    return await perform(words, context);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    context.terminal.stderr.write(`\n${shownLines(error.message)}\n`);
    return error.exitCode;
  }
}

async function perform(words: readonly string[], context: Context): Promise<number> {
  const { globals, service, operation, options, wantsHelp } = parseWords(words);
  if (wantsHelp || service === undefined || operation === undefined) {
    const { helpOf } = await import('./help.ts');
    context.terminal.stdout.write(helpOf({ service, operation }));
    return EXIT.ok;
  }
  requireHere(globals);
  const print = await printerOf(globals, operation, context);
  const skeleton = options.get('generate-cli-skeleton');
  const { requestOf, skeletonOf } = await import('./request.ts');
  if (skeleton !== undefined) {
    context.terminal.stdout.write(`${JSON.stringify(skeletonOf(operation, skeleton[0] ?? 'input'), undefined, 4)}\n`);
    return EXIT.ok;
  }
  const reading = { binary: binaryFormat(globals), env: context.terminal.env };
  const request = await requestOf(operation, options, reading);
  const paging = pagingOf(operation, options, globals);
  await withStore(context, async (store) => {
    await using stores = storesUnder(store, { autoCreate: false });
    const { keystore } = store;
    const region = one(globals, 'region') ?? keystore.region;
    await requireStoreOf(region, () => stores.find({ accountId: keystore.accountId, region }), keystore.accountId);
    const place: CallPlace = {
      service,
      operation,
      keystore,
      find: stores.find,
      region,
      caller: callerOf(store, context),
    };
    print(paging === undefined ? await call(place, request) : await paging(place, request));
  });
  return EXIT.ok;
}

function one(given: Given, name: string): string | undefined {
  return given.get(name)?.[0];
}

/** Refuses what would lead elsewhere. */
function requireHere(globals: Given): void {
  if (globals.has('endpoint-url')) {
    throw new AwsFault(
      AWS_EXIT.usage,
      'securestring aws asks the store itself, and no --endpoint-url. Against an endpoint run aws --endpoint-url.',
    );
  }
  if (globals.has('profile')) {
    throw new AwsFault(
      AWS_EXIT.usage,
      'securestring aws reads no --profile. Give another store with --store, another Region with --region, and a user’s access key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    );
  }
}

async function requireStoreOf(region: string, find: () => unknown, accountId: string): Promise<void> {
  if ((await find()) !== undefined) return;
  throw new AwsFault(
    AWS_EXIT.failed,
    `There is no store of Region ${shown(region)} for account ${accountId} here. Make it: securestring serve --auto-create, and a request for that Region.`,
  );
}

function binaryFormat(globals: Given): BinaryFormat {
  const given = one(globals, 'cli-binary-format') ?? 'base64';
  if (given === 'base64' || given === 'raw-in-base64-out') return given;
  throw misused(`argument --cli-binary-format: Invalid choice: '${given}' (choose from base64, raw-in-base64-out)`);
}

type Result = Answer | Listed;

/** How lists are read; `undefined` for an operation that is called once. */
function pagingOf(
  { pages, request }: AwsOperation,
  options: Given,
  globals: Given,
): ((place: CallPlace, request: Request) => Promise<Listed>) | undefined {
  if (pages === undefined) return undefined;
  const own = ['max-items', 'page-size', 'starting-token'].filter((name) => options.has(name));
  const isManual = ['next-token', 'max-results', 'marker', 'limit'].some((name) => options.has(name));
  if (globals.has('no-paginate') || isManual) {
    if (own.length === 0 || 'maxItems' in request) return undefined;
    const names = own.map((name) => `--${name}`).join(', ');
    throw new AwsFault(
      AWS_EXIT.failed,
      `Error during pagination: Cannot specify --no-paginate along with pagination arguments: ${names}`,
    );
  }
  const wanted = {
    maxItems: numberIn(options, 'max-items'),
    pageSize: numberIn(options, 'page-size'),
    startingToken: one(options, 'starting-token'),
  };
  return (place, given) => readPages(pages, wanted, (page) => call(place, { ...given, ...page }));
}

function numberIn(options: Given, name: string): number | undefined {
  const text = one(options, name);
  if (text === undefined) return undefined;
  if (/^[-+]?\d{1,15}$/.test(text)) return Number(text);
  throw misused(`argument --${name}: invalid int value: '${text}'`);
}

/** Makes the function that prints an answer, so that a wrong form or query is refused before anything is done. */
async function printerOf(
  globals: Given,
  { name, pages }: AwsOperation,
  { options, terminal }: Context,
): Promise<(result: Result) => void> {
  const form = formOf(one(globals, 'output') ?? (options.json === true ? 'json' : terminal.env['AWS_DEFAULT_OUTPUT']));
  const ask = await queryOf(one(globals, 'query'));
  const write = (value: unknown) => void terminal.stdout.write(formOn(terminal.stdout, value, form, name));
  return (result) => {
    if (!isList(result) || pages === undefined) return write(ask(result));
    // Text is printed page by page, so that a query there is asked of each page.
    if (form !== 'text') return write(ask(wholeList(result, pages)));
    for (const page of result.pages) write(ask(page));
    if (result.nextToken !== undefined) write(ask({ NextToken: { NextToken: result.nextToken } }));
  };
}

function isList(result: Result): result is Listed {
  return Array.isArray(result['pages']);
}

function formOf(given = 'json'): Form {
  const found = FORMS.find((form) => form === given);
  if (found !== undefined) return found;
  throw misused(`argument --output: Invalid choice: '${given}' (choose from ${FORMS.join(', ')})`);
}

async function queryOf(expression: string | undefined): Promise<(value: unknown) => unknown> {
  if (expression === undefined) return (value) => value;
  const query = await import('../output/query.ts');
  const asking = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (error) {
      if (error instanceof SyntaxError) throw new AwsFault(AWS_EXIT.usage, error.message, { cause: error });
      throw error;
    }
  };
  const ask = asking(() => query.queryOf(expression));
  return (value) => asking(() => ask(value));
}
