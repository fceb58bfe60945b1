/**
 * `doctor`: whether all is well with a store.
 * @module
 */

import { counted } from '@securestring/core/quoted';
import type { Unlock } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { exitCodeOf, messageOf } from '../command/failure.ts';
import { type StorePlace, storePlace } from '../command/store-place.ts';
import { keysOf } from '../store/listed-keys.ts';
import { otherPlaces, placeName } from '../store/other-stores.ts';
import { type Opener, unlocksOf } from '../store/unlock.ts';
import { type OpenStore, requireStore, withOpenStore } from '../store/with-store.ts';
import { checkCiphertexts } from './ciphertexts.ts';
import { checkClock, type ResetOptions, requireAgreement } from './clock.ts';
import { checkEntries } from './entries.ts';
import { checkFiles, mayWrite } from './files.ts';
import { type Finding, jsonOf, line } from './finding.ts';

interface DoctorOptions extends ResetOptions {
  readonly all?: boolean;
}

export const registerDoctor: Register = (program, act) => {
  program
    .command('doctor')
    .description('check the store, its files, and that every SecureString opens')
    .option('--all', 'check older versions too')
    .option('--reset-clock', 'if a change was made while the clock was far ahead, go on from the present time')
    .option('--yes', 'agree to what --reset-clock gives up')
    .addHelpText('after', examples('securestring doctor', 'securestring doctor --all --json'))
    .action(
      act<DoctorOptions>(async (_, options, context) => {
        const place = storePlace(context);
        requireAgreement(options);
        await requireStore(place);
        const findings = await checkAll(context, place, options);
        const problems = findings.filter(({ ok }) => !ok);
        const verdict = problems.length === 0 ? 'All is well.' : `${counted(problems.length, 'problem')}.`;
        context.json({ ok: problems.length === 0, findings: findings.map(jsonOf) }, () =>
          [...findings.map((finding) => line(finding, context.colour)), verdict].join('\n'),
        );
        return Math.max(EXIT.ok, ...problems.map(({ exitCode = EXIT.failed }) => exitCode));
      }),
    );
};

/** Checks a store, and those of other accounts and Regions under its folder, which open with the same. */
async function checkAll(context: Context, place: StorePlace, options: DoctorOptions): Promise<readonly Finding[]> {
  const findings = [...(await checkFiles(place, context.options))];
  let opener: Unlock | undefined;
  const remember = (unlock: Unlock | undefined) => {
    opener = unlock;
  };
  const others = await otherPlaces(place);
  // An agent's key opens this store alone.
  const unlocks = unlocksOf(context, place, { withAgent: others.length === 0 });
  findings.push(...(await checkInside(context, place, { ...options, unlocks, remember })));
  for (const other of others) {
    const found = [...(await checkFiles(other, context.options))];
    found.push(
      ...(opener === undefined
        ? [{ check: 'store', ok: false, message: 'not opened, since the store around it does not open.' }]
        : await checkInside(context, other, { ...options, unlocks: [opener] })),
    );
    const store = placeName(other);
    findings.push(...found.map((finding) => ({ ...finding, store })));
  }
  return findings;
}

/** Options, and what may open the store. */
interface Inside extends DoctorOptions {
  readonly unlocks: AsyncIterable<Opener> | Iterable<Opener>;
  /** Hears of what opened it. */
  readonly remember?: (unlock: Unlock | undefined) => void;
}

/** Checks what only an open store shows. A store that does not open is a finding, too. */
async function checkInside(
  context: Context,
  place: StorePlace,
  { unlocks, remember, ...options }: Inside,
): Promise<readonly Finding[]> {
  let acted = 0;
  const count = (event: { readonly serviceEventDetails?: unknown }) => {
    if (event.serviceEventDetails !== undefined) acted += 1;
  };
  try {
    return await withOpenStore(
      place,
      unlocks,
      async (store) => {
        remember?.(store.unlock);
        const keystore = await checkKeystore(store);
        const clock = await checkClock(store, options);
        const entries = await checkEntries(store);
        // A list would end at the first entry that is refused.
        if (entries.some(({ ok }) => !ok)) return [keystore, ...clock, ...entries];
        const isWritable = await mayWrite(place);
        if (isWritable) await store.parameters.runPolicies();
        const ciphertexts = await checkCiphertexts(context, store, options.all === true);
        const carriedOut = acted === 0 ? 'none was due' : `${acted} that were due have been carried out`;
        const message = isWritable ? carriedOut : 'not carried out: this process may read the store, and not change it';
        return [keystore, ...clock, ...entries, { check: 'policies', ok: true, message }, ...ciphertexts];
      },
      // All pages are looked at where LMDB opens them.
      { onEvent: count, lazy: false },
    );
  } catch (error) {
    return [{ check: 'store', ok: false, message: messageOf(error), exitCode: exitCodeOf(error) }];
  }
}

async function checkKeystore({ keystore }: OpenStore): Promise<Finding> {
  const keys = await keysOf(keystore);
  const { region, accountId, generation } = keystore;
  return {
    check: 'keystore',
    ok: true,
    message: `open, with ${counted(keys.length, 'key')}, ${region}, ${accountId}, generation ${generation}`,
  };
}
