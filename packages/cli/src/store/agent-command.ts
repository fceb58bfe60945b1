/**
 * `agent`: the process that knows what opens the stores, so that a passphrase is asked for once.
 * @module
 */

import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { counted } from '@securestring/core/quoted';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_TIMES } from '../agent/held-keys.ts';
import { agentOf } from '../agent/of-store.ts';
import { agentPlace, agentPlaces } from '../agent/place.ts';
import { LISTENS } from '../agent/start.ts';
import { type Act, examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { storePlace } from '../command/store-place.ts';
import { table } from '../output/table.ts';
import { type Opener, unlocksOf } from './unlock.ts';
import { requireStore, withOpenStore } from './with-store.ts';

interface AgentOptions {
  readonly idle: number;
  readonly lifetime: number;
  readonly background?: boolean;
  readonly untilEmpty?: boolean;
  readonly announce?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST = 30 * 86_400_000;

export const registerAgent: Register = (program, act) => {
  const agent = program
    .command('agent')
    .description('hold what opens the stores in memory, so that a passphrase is asked for once')
    .addOption(duration('--idle <time>', 'forget a store that was not used for so long: 90s, 15m, 2h', 'idle', '15m'))
    .addOption(duration('--lifetime <time>', 'forget a store after so long in any case', 'lifetime', '8h'))
    .option('--background', 'go on in a process of its own')
    .option('--until-empty', 'end once nothing is held any more')
    .addOption(new Option('--announce').hideHelp())
    .addHelpText(
      'after',
      examples(
        'securestring agent --background             # in ~/.profile',
        'securestring agent --idle 1h --lifetime 12h',
        'export SECURESTRING_AGENT=auto              # or so: it starts with the first passphrase',
        'securestring agent add',
        'securestring agent status',
        'securestring lock',
      ),
    )
    .action(act<AgentOptions>((_, options, context) => runAgent(options, context)));
  registerAdd(agent, act);
  registerStatus(agent, act);
  registerStop(agent, act);
};

export const registerLock: Register = (program, act) => {
  program
    .command('lock')
    .description('make the agent forget every store at once')
    .addHelpText('after', examples('securestring lock'))
    .action(
      act(async (_args, _options, context) => {
        const { forgetAll } = await import('../agent/client.ts');
        const forgotten = await forgetAll(agentPlaces(context.terminal.env));
        context.json({ forgotten: forgotten ?? 0 }, () =>
          forgotten === undefined ? NOT_RUNNING : `Locked. ${counted(forgotten, 'store')} forgotten.`,
        );
        return EXIT.ok;
      }),
    );
};

const NOT_RUNNING = 'No agent is running: nothing is held.';

function registerAdd(agent: Command, act: Act): void {
  agent
    .command('add')
    .description('unlock the store now, and let the agent hold it')
    .addHelpText('after', examples('securestring agent add', 'securestring agent add --passphrase-file pass.txt'))
    .action(
      act(async (_args, _options, context) => {
        const place = storePlace(context);
        await requireStore(place);
        const held = agentOf(context, place);
        if (held === undefined) {
          throw new CliError(EXIT.notFound, 'No agent is running. Start it with: securestring agent --background');
        }
        let isHeld = false;
        const hold = async (key: Uint8Array) => {
          isHeld = await held.hold(key);
        };
        await withOpenStore(
          place,
          holding(unlocksOf(context, place, { withAgent: false }), hold),
          async () => undefined,
        );
        if (!isHeld) throw new CliError(EXIT.failed, `${place.folder} was not handed to the agent.`);
        context.json({ store: place.folder }, () => `The agent holds ${place.folder}.`);
        return EXIT.ok;
      }),
    );
}

/** A root key opens a store as fast as an agent's key, and is left where it is. */
async function* holding(openers: AsyncIterable<Opener>, hold: NonNullable<Opener['hold']>): AsyncGenerator<Opener> {
  for await (const opener of openers) {
    if (!('passphrase' in opener)) {
      throw new CliError(EXIT.failed, 'A root key opens the store. Only a passphrase needs an agent.');
    }
    yield { passphrase: opener.passphrase, hold };
  }
}

function registerStatus(agent: Command, act: Act): void {
  agent
    .command('status')
    .description('show which stores the agent holds, and for how long')
    .addHelpText('after', examples('securestring agent status', 'securestring agent status --json'))
    .action(
      act(async (_args, _options, context) => {
        const { statusOf } = await import('../agent/client.ts');
        const status = await statusOf(agentPlace(context.terminal.env));
        if (status === undefined) throw new CliError(EXIT.notFound, NOT_RUNNING);
        const stores = status.stores.map(({ place, idle, lifetime }) => ({
          store: dirname(place),
          secondsLeft: Math.ceil(Math.min(idle, lifetime) / 1000),
          secondsLeftInAll: Math.ceil(lifetime / 1000),
        }));
        const rows = stores.map((each) => [each.store, shownTime(each.secondsLeft), shownTime(each.secondsLeftInAll)]);
        context.json({ pid: status.pid, idle: status.idle / 1000, lifetime: status.lifetime / 1000, stores }, () =>
          rows.length === 0
            ? `Process ${status.pid} holds no store.`
            : table(['STORE', 'UNLESS USED, LOCKED IN', 'LOCKED IN'], rows, context.colour),
        );
        return EXIT.ok;
      }),
    );
}

function registerStop(agent: Command, act: Act): void {
  agent
    .command('stop')
    .description('end the agent, which forgets every store')
    .addHelpText('after', examples('securestring agent stop'))
    .action(
      act(async (_args, _options, context) => {
        const { stopAgent } = await import('../agent/client.ts');
        const stopped = await stopAgent(agentPlace(context.terminal.env));
        context.json({ stopped }, () => (stopped ? 'The agent has ended.' : NOT_RUNNING));
        return EXIT.ok;
      }),
    );
}

async function runAgent(options: AgentOptions, context: Context): Promise<number> {
  if (process.platform === 'win32') {
    throw new CliError(
      EXIT.failed,
      'There is no agent on Windows: Node cannot ask who is at the other end of a pipe. Use a root-key file.',
    );
  }
  const { idle, lifetime, background, untilEmpty = false, announce } = options;
  if (background === true) {
    const { startInBackground } = await import('../agent/start.ts');
    const words = ['--idle', `${idle / 1000}s`, '--lifetime', `${lifetime / 1000}s`];
    return (await startInBackground([...words, ...(untilEmpty ? ['--until-empty'] : [])])) ? EXIT.ok : EXIT.failed;
  }
  const place = agentPlace(context.terminal.env);
  const { startAgent } = await import('../agent/server.ts');
  const agent = await startAgent(place, { idle, lifetime, untilEmpty });
  // A signal ends the process there.
  process.once('exit', agent.end);
  if (announce === true) detach();
  else {
    const [shortest, longest] = [shownTime(idle / 1000), shownTime(lifetime / 1000)];
    context.note(
      `Listening. A store is locked ${shortest} after its last use, and ${longest} after its first. Ctrl-C ends the agent.`,
    );
  }
  await agent.ended;
  return EXIT.ok;
}

/** Says that it listens, and lets go of the terminal of the command that started it. */
function detach(): void {
  process.stdout.write(LISTENS, () => {
    for (const descriptor of [1, 2]) {
      closeSync(descriptor);
      openSync('/dev/null', 'w');
    }
  });
}

function duration(flags: string, what: string, name: keyof typeof DEFAULT_TIMES, shown: string): Option {
  return new Option(flags, what).default(DEFAULT_TIMES[name], shown).argParser((text: string): number => {
    const [, count = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
    const time = Number(count) * (UNITS[unit] ?? Number.NaN);
    if (time >= 1000 && time <= LONGEST) return time;
    throw new InvalidArgumentError('It must be a number and s, m, h or d, from 1s to 30d, such as 15m.');
  });
}

/** In the two largest units: `7h 59m`. */
function shownTime(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [Math.floor(seconds) % 60, 's'],
  ];
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.length === 0 ? '0s' : shown.map(([count, unit]) => `${count}${unit}`).join(' ');
}
